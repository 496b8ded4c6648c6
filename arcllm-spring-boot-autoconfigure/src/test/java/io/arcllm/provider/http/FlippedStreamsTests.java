package io.arcllm.provider.http;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.arcllm.LlmEvent;
import io.arcllm.LlmException;
import io.arcllm.LlmProvider;
import io.arcllm.LlmRequest;
import io.arcllm.PromptServers;
import io.arcllm.Target;
import io.arcllm.module.attempt.ContractModule;
import io.arcllm.provider.WireFormat;
import io.arcllm.provider.anthropic.AnthropicFormat;
import io.arcllm.provider.error.DefaultErrorClassifier;
import io.arcllm.provider.error.ErrorReader;
import io.arcllm.provider.key.ApiKeys;
import io.arcllm.provider.ollama.OllamaFormat;
import io.arcllm.provider.openai.OpenAiFormat;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.SocketEffect;
import mockwebserver3.junit5.StartStop;
import okio.Buffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.LoggerFactory;

import org.springframework.web.reactive.function.client.WebClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Damaged streams over real sockets, with every buffer watched.
 */
class FlippedStreamsTests {

	private static final int STREAMS = 150;

	private static final Duration LIMIT = Duration.ofSeconds(20);

	private static final String OPENAI = """
			data: {"id":"c1","model":"m-1","choices":[{"index":0,"delta":{"content":"Hello"}}]}

			: a comment

			data: {"id":"c1","choices":[{"index":0,"delta":{"content":" there"}}]}

			data: {"id":"c1","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}

			data: [DONE]

			""";

	private static final String ANTHROPIC = """
			event: message_start
			data: {"type":"message_start","message":{"id":"m","model":"x","content":[],"usage":{"input_tokens":5}}}

			event: content_block_start
			data: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}

			event: content_block_delta
			data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Hello"}}

			data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":" there"}}

			data: {"type":"content_block_stop","index":0}

			data: {"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":9}}

			data: {"type":"message_stop"}

			""";

	private static final String OLLAMA = """
			{"model":"x","message":{"content":"Hello"},"done":false}
			{"message":{"content":" there"},"done":false}
			{"message":{"content":""},"done":true,"done_reason":"stop","prompt_eval_count":7,"eval_count":9}
			""";

	static List<Arguments> formats() {
		return List.of(Arguments.of(new OpenAiFormat("acme"), OPENAI, "finish_reason\":\"|\\[DONE]"),
				Arguments.of(new AnthropicFormat("acme"), ANTHROPIC, "\"message_stop\""),
				Arguments.of(new OllamaFormat("acme"), OLLAMA, "\"done\":true"));
	}

	@StartStop
	private final MockWebServer server = PromptServers.create();

	private final ListAppender<ILoggingEvent> leaks = new ListAppender<>();

	private final Logger detector = (Logger) LoggerFactory.getLogger(ResourceLeakDetector.class);

	private ResourceLeakDetector.Level before;

	@BeforeEach
	void watchBuffers() {
		this.before = ResourceLeakDetector.getLevel();
		ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.PARANOID);
		this.leaks.start();
		this.detector.addAppender(this.leaks);
	}

	@AfterEach
	void stopWatching() {
		this.detector.detachAppender(this.leaks);
		ResourceLeakDetector.setLevel(this.before);
	}

	@ParameterizedTest
	@MethodSource("formats")
	void damagedStreamsEndAndLeakNothing(WireFormat format, String stream, String proof) {
		LlmProvider provider = provider(format);
		Random random = new Random(11);
		for (int i = 0; i < STREAMS; i++) {
			byte[] body = stream.getBytes(StandardCharsets.UTF_8);
			boolean cut = i % 3 == 0;
			if (cut) {
				body = Arrays.copyOf(body, random.nextInt(body.length));
			}
			else {
				body[random.nextInt(body.length)] ^= (byte) (1 << random.nextInt(8));
			}
			boolean complete = ask(provider, format, body, i % 5 == 0);
			if (complete) {
				assertThat(provesItsEnd(body, proof)).as(new String(body, StandardCharsets.ISO_8859_1)).isTrue();
			}
		}
		assertThat(leaksFound()).isEmpty();
	}

	@ParameterizedTest
	@MethodSource("formats")
	void cancelledStreamsLeakNothing(WireFormat format, String stream, String proof) {
		LlmProvider provider = provider(format);
		for (int i = 0; i < 50; i++) {
			this.server.enqueue(
					new MockResponse.Builder().addHeader("content-type", type(format)).chunkedBody(stream, 20).build());
			LlmEvent first = provider.stream(LlmRequest.of("Hi")).blockFirst(LIMIT);
			assertThat(first).isEqualTo(new LlmEvent.TextDelta("Hello"));
		}
		assertThat(leaksFound()).isEmpty();
	}

	@ParameterizedTest
	@MethodSource("formats")
	void whatAVendorSaysAfterTheEndLeaksNothing(WireFormat format, String stream, String proof) {
		LlmProvider provider = provider(format);
		for (int i = 0; i < 50; i++) {
			this.server.enqueue(new MockResponse.Builder().addHeader("content-type", type(format))
				.chunkedBody(stream + stream.repeat(10), stream.length())
				.build());
			assertThat(provider.stream(LlmRequest.of("Hi")).blockLast(LIMIT).answer().text()).isEqualTo("Hello there");
		}
		assertThat(leaksFound()).isEmpty();
	}

	private LlmProvider provider(WireFormat format) {
		HttpProviderSettings settings = HttpProviderSettings.of("acme", this.server.url("/v1").toString(), "m");
		return new ContractModule(new HttpProvider(settings, format, WebClient.create(), ApiKeys.of("k"),
				new ErrorReader(new DefaultErrorClassifier(), Clock.systemUTC())), new Target("acme", "m"));
	}

	private static String type(WireFormat format) {
		return (format.framing() == WireFormat.Framing.SSE) ? "text/event-stream" : "application/x-ndjson";
	}

	private boolean ask(LlmProvider provider, WireFormat format, byte[] body, boolean reset) {
		MockResponse.Builder response = new MockResponse.Builder().addHeader("content-type", type(format))
			.chunkedBody(new Buffer().write(body), 32);
		this.server.enqueue((reset ? response.onResponseBody(new SocketEffect.CloseSocket()) : response).build());
		try {
			return provider.stream(LlmRequest.of("Hi")).blockLast(LIMIT) instanceof LlmEvent.Completed;
		}
		catch (LlmException ex) {
			return false;
		}
	}

	private static boolean provesItsEnd(byte[] body, String proof) {
		return Pattern.compile(proof).matcher(new String(body, StandardCharsets.ISO_8859_1)).find();
	}

	/** Leaks are told of when buffers are made after the garbage was collected. */
	private String leaksFound() {
		for (int i = 0; i < 5; i++) {
			System.gc();
			ByteArrayOutputStream filler = new ByteArrayOutputStream(1 << 20);
			filler.writeBytes(new byte[1 << 20]);
			PooledByteBufAllocator.DEFAULT.directBuffer(16).release();
		}
		return this.leaks.list.stream().map(ILoggingEvent::getFormattedMessage).reduce("", String::concat);
	}

}
