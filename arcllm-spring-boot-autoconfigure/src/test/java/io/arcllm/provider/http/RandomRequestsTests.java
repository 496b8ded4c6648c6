package io.arcllm.provider.http;

import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;

import io.arcllm.Content;
import io.arcllm.ErrorKind;
import io.arcllm.LlmException;
import io.arcllm.LlmRequest;
import io.arcllm.Message;
import io.arcllm.ReasoningEffort;
import io.arcllm.ResponseFormat;
import io.arcllm.Tool;
import io.arcllm.ToolCall;
import io.arcllm.ToolChoice;
import io.arcllm.provider.WireFormat;
import io.arcllm.provider.anthropic.AnthropicFormat;
import io.arcllm.provider.ollama.OllamaFormat;
import io.arcllm.provider.openai.OpenAiFormat;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

class RandomRequestsTests {

	private static final int REQUESTS = 20_000;

	private static final JsonMapper STRICT = JsonMapper.builder()
		.enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
		.build();

	private final Random random = new Random(20260101);

	static List<WireFormat> formats() {
		return List.of(new AnthropicFormat("a"), new OllamaFormat("a"), new OpenAiFormat("a"));
	}

	@ParameterizedTest
	@MethodSource("formats")
	@Execution(ExecutionMode.CONCURRENT)
	void everyRequestIsValidJsonOrRefused(WireFormat format) {
		int sent = 0;
		for (int i = 0; i < REQUESTS; i++) {
			LlmRequest request = request();
			try {
				JsonNode body = STRICT.readTree(format.encode(request));
				assertThat(body.get("model").asString()).isEqualTo("m");
				assertThat(body.get("messages").isArray()).isTrue();
				sent++;
			}
			catch (LlmException ex) {
				assertThat(ex.kind()).as(ex.getMessage()).isIn(ErrorKind.INVALID_REQUEST, ErrorKind.UNSUPPORTED);
			}
		}
		assertThat(sent).isBetween(REQUESTS / 20, REQUESTS - REQUESTS / 20);
	}

	private LlmRequest request() {
		return LlmRequest.builder()
			.model("m")
			.messages(some(4, this::message))
			.tools(some(2, () -> new Tool(text(), text(), object(), maybe(true))))
			.toolChoice(maybe(pick(ToolChoice.AUTO, ToolChoice.NONE, ToolChoice.REQUIRED, ToolChoice.tool(text()))))
			.maxTokens(maybe(pick(0, 1, 1024, 1025, 100_000, Integer.MAX_VALUE)))
			.temperature(maybe(pick(0.0, 1.0, -0.0, 1e300, Double.MIN_VALUE, Double.NaN)))
			.topP(maybe(this.random.nextDouble()))
			.stop(some(2, this::text))
			.responseFormat(maybe(pick(ResponseFormat.TEXT, ResponseFormat.JSON,
					ResponseFormat.jsonSchema(text(), Map.of("x", text())))))
			.reasoningEffort(maybe(pick(ReasoningEffort.values())))
			.options((this.random.nextInt(3) == 0) ? object() : Map.of())
			.streaming(this.random.nextBoolean())
			.build();
	}

	private Message message() {
		Message.Role role = pick(Message.Role.values());
		if (role == Message.Role.SYSTEM) {
			return new Message(role, some(2, () -> new Content.Text(text())));
		}
		return new Message(role, some(3, () -> (this.random.nextInt(3) > 0) ? new Content.Text(text()) : block(role)));
	}

	private Content block(Message.Role role) {
		if (this.random.nextInt(20) == 0) {
			return anyBlock(2);
		}
		if (role == Message.Role.ASSISTANT) {
			return pick(toolCall(), thinking());
		}
		return pick(image(), new Content.ToolResult(text(), some(2, () -> new Content.Text(text())), false));
	}

	private Content anyBlock(int depth) {
		return switch (this.random.nextInt(6)) {
			case 0 -> image();
			case 1 -> new Content.Document(source(), text());
			case 2 -> thinking();
			case 3 -> toolCall();
			case 4 -> new Content.Text(text());
			default -> new Content.ToolResult(text(), (depth == 0) ? List.of() : some(2, () -> anyBlock(depth - 1)),
					this.random.nextBoolean());
		};
	}

	private Content image() {
		return new Content.Image(source());
	}

	private Content thinking() {
		return new Content.Thinking(text(), maybe(text()), maybe(text()), maybe(pick("a", "b")));
	}

	private Content toolCall() {
		return new ToolCall(text(), text(), text(), maybe(object()));
	}

	private Content.Source source() {
		if (this.random.nextInt(4) == 0) {
			return new Content.Link(URI.create(pick("https://x.example/a?b=c&d", "file:/a", "a", "data:text/plain,x")));
		}
		byte[] bytes = new byte[this.random.nextInt(20)];
		this.random.nextBytes(bytes);
		return new Content.Bytes(pick("image/png", "image/jpeg", "application/pdf", "text/plain", ""), bytes);
	}

	private Map<String, Object> object() {
		return pick(Map.of(), Map.of("x", text()), Map.of("seed", 0, "list", Arrays.asList(1, null, text())),
				Map.of("options", Map.of("seed", text())), Map.of("output_config", text()),
				Map.of("thinking", Map.of()), Map.of("bad", new Object()),
				Map.of("max_tokens", 1, "temperature", Double.NaN));
	}

	private String text() {
		return pick("", " ", "plain", "\"\\\n\t\u0000\u001f\u2028", "ünï😀", "half \ud83d", "{\"a\":1}", "{", "null");
	}

	private <T> List<T> some(int most, Supplier<T> one) {
		List<T> all = new ArrayList<>();
		for (int i = this.random.nextInt(most + 1); i > 0; i--) {
			all.add(one.get());
		}
		return all;
	}

	private <T> T maybe(T value) {
		return (this.random.nextInt(4) == 0) ? value : null;
	}

	@SafeVarargs
	private <T> T pick(T... values) {
		return values[this.random.nextInt(values.length)];
	}

}
