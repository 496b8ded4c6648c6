package io.arcllm.autoconfigure;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.arcllm.Content;
import io.arcllm.LlmProvider;
import io.arcllm.LlmRequest;
import io.arcllm.LlmResponse;
import io.arcllm.PromptServers;
import io.arcllm.ResponseFormat;
import io.arcllm.Tool;
import io.arcllm.ToolCall;
import io.arcllm.provider.http.Recordings;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.junit5.StartStop;
import okio.Buffer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.webclient.autoconfigure.WebClientAutoConfiguration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A whole call that is asked for as a stream has the answer that it would have had as a
 * whole one, in every field.
 */
class UpstreamTwinsTests {

	private static final String ANTHROPIC = """
			event: message_start
			data: {"type":"message_start","message":{"id":"m1","type":"message","role":"assistant","model":"m","content":[],"stop_reason":null,"usage":{"input_tokens":3,"cache_creation_input_tokens":1024,"cache_read_input_tokens":2048,"output_tokens":1}}}

			event: content_block_start
			data: {"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":"","signature":""}}

			event: content_block_delta
			data: {"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"Let me "}}

			event: content_block_delta
			data: {"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"see."}}

			event: content_block_delta
			data: {"type":"content_block_delta","index":0,"delta":{"type":"signature_delta","signature":"c2ln"}}

			event: content_block_stop
			data: {"type":"content_block_stop","index":0}

			event: content_block_start
			data: {"type":"content_block_start","index":1,"content_block":{"type":"redacted_thinking","data":"b3BhcXVl"}}

			event: content_block_stop
			data: {"type":"content_block_stop","index":1}

			event: content_block_start
			data: {"type":"content_block_start","index":2,"content_block":{"type":"text","text":""}}

			event: content_block_delta
			data: {"type":"content_block_delta","index":2,"delta":{"type":"text_delta","text":"I look."}}

			event: content_block_stop
			data: {"type":"content_block_stop","index":2}

			event: content_block_start
			data: {"type":"content_block_start","index":3,"content_block":{"type":"tool_use","id":"toolu_1","name":"look","input":{}}}

			event: content_block_delta
			data: {"type":"content_block_delta","index":3,"delta":{"type":"input_json_delta","partial_json":"{\\"city\\": \\"Os"}}

			event: content_block_delta
			data: {"type":"content_block_delta","index":3,"delta":{"type":"input_json_delta","partial_json":"lo\\"}"}}

			event: content_block_stop
			data: {"type":"content_block_stop","index":3}

			event: message_delta
			data: {"type":"message_delta","delta":{"stop_reason":"tool_use","stop_sequence":null},"usage":{"output_tokens":89}}

			event: message_stop
			data: {"type":"message_stop"}

			""";

	private static final String OPENAI = """
			data: {"id":"c1","object":"chat.completion.chunk","model":"m","choices":[{"index":0,"delta":{"role":"assistant","content":"","reasoning_content":"Hm"}}]}

			data: {"id":"c1","object":"chat.completion.chunk","model":"m","choices":[{"index":0,"delta":{"reasoning_content":", yes"}}]}

			data: {"id":"c1","object":"chat.completion.chunk","model":"m","choices":[{"index":0,"delta":{"content":"{\\"a\\""}}]}

			data: {"id":"c1","object":"chat.completion.chunk","model":"m","choices":[{"index":0,"delta":{"content":":1}"}}]}

			data: {"id":"c1","object":"chat.completion.chunk","model":"m","choices":[{"index":0,"delta":{},"finish_reason":"length"}]}

			data: {"id":"c1","object":"chat.completion.chunk","model":"m","choices":[],"usage":{"prompt_tokens":3000,"completion_tokens":80,"total_tokens":3080,"prompt_tokens_details":{"cached_tokens":2048},"completion_tokens_details":{"reasoning_tokens":64}}}

			data: [DONE]

			""";

	private static final String OLLAMA = """
			{"model":"m","created_at":"2026-01-01T00:00:00Z","message":{"role":"assistant","content":"","thinking":"Hm"},"done":false}
			{"model":"m","created_at":"2026-01-01T00:00:00Z","message":{"role":"assistant","content":"","tool_calls":[{"function":{"name":"look","arguments":{"city":"Oslo"}}}]},"done":false}
			{"model":"m","created_at":"2026-01-01T00:00:00Z","message":{"role":"assistant","content":""},"done":true,"done_reason":"stop","prompt_eval_count":3,"eval_count":2}
			""";

	@StartStop
	final MockWebServer vendor = PromptServers.create();

	@ParameterizedTest
	@CsvSource({ "openai, .*-completions-.*\\.sse", "anthropic, .*-messages-.*\\.sse", "ollama, .*-chat-.*\\.ndjson" })
	void answerIsTheSameWhetherItIsAskedForAsAStreamOrNot(String type, String names) {
		Map<String, byte[]> streams = new LinkedHashMap<>();
		for (Path file : Recordings.streams(names)) {
			streams.put(file.getFileName().toString(), Recordings.bytes(file));
		}
		String written = type.equals("openai") ? OPENAI : type.equals("anthropic") ? ANTHROPIC : OLLAMA;
		streams.put("written", written.getBytes(StandardCharsets.UTF_8));
		List<LlmResponse> streamed = new ArrayList<>();
		runner(type, "always").run((context) -> streams.forEach((name, bytes) -> {
			this.vendor.enqueue(answer(type.equals("ollama") ? "application/x-ndjson" : "text/event-stream", bytes));
			LlmResponse answer = context.getBean(LlmProvider.class).invoke(request());
			assertThat(answer.raw().text().lines().filter((line) -> !line.equals("[DONE]"))).as(name)
				.containsExactlyElementsOf(WholeTwin.frames(bytes));
			streamed.add(answer);
		}));
		assertThat(streamed).hasSameSizeAs(streams.keySet());
		runner(type, "as-asked").run((context) -> {
			int i = 0;
			for (Map.Entry<String, byte[]> stream : streams.entrySet()) {
				this.vendor.enqueue(answer("application/json",
						WholeTwin.of(type, stream.getValue()).getBytes(StandardCharsets.UTF_8)));
				LlmResponse whole = context.getBean(LlmProvider.class).invoke(request());
				assertThat(fields(streamed.get(i++))).as(stream.getKey()).isEqualTo(fields(whole));
			}
		});
	}

	/** All but the raw body, the trail, and ids that are made here. */
	private static Map<String, Object> fields(LlmResponse answer) {
		Map<String, Object> fields = new LinkedHashMap<>();
		fields.put("target", answer.target());
		fields.put("text", answer.text());
		fields.put("thinking", answer.thinking());
		fields.put("content", answer.content().stream().map(UpstreamTwinsTests::withoutId).toList());
		fields.put("usage", answer.usage());
		fields.put("stop", answer.stopReason());
		fields.put("request", answer.requestId());
		return fields;
	}

	private static Object withoutId(Content block) {
		return (block instanceof ToolCall call)
				? List.of(call.name(), call.arguments(), String.valueOf(call.vendorData())) : block;
	}

	private static LlmRequest request() {
		return LlmRequest.of("Hi")
			.mutate()
			.tools(Tool.of("look", "looks", Map.of("type", "object")))
			.responseFormat(ResponseFormat.jsonSchema("answer", Map.of("type", "object")))
			.build();
	}

	private static MockResponse answer(String type, byte[] body) {
		return new MockResponse.Builder().addHeader("content-type", type)
			.addHeader("x-request-id", "req-1")
			.addHeader("request-id", "req-1")
			.body(new Buffer().write(body))
			.build();
	}

	private ApplicationContextRunner runner(String type, String upstream) {
		return new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(ArcllmPropertiesAutoConfiguration.class,
					ArcllmAutoConfiguration.class, WebClientAutoConfiguration.class, SslAutoConfiguration.class))
			.withPropertyValues("arcllm.providers.v.type=" + type,
					"arcllm.providers.v.base-url=" + this.vendor.url(type.equals("openai") ? "/v1" : "/"),
					"arcllm.providers.v.api-key=a-key-of-the-test", "arcllm.providers.v.model=m", "arcllm.provider=v",
					"arcllm.modules.streams.upstream=" + upstream);
	}

}
