package io.arcllm.provider;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.arcllm.LlmEvent;
import io.arcllm.LlmException;
import io.arcllm.LlmProvider;
import io.arcllm.LlmRequest;
import io.arcllm.Target;
import io.arcllm.module.ContractModule;
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
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

import org.springframework.web.reactive.function.client.WebClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Damaged streams over real sockets, with every buffer watched.
 */
class FlippedStreamsTests {

	private static final int STREAMS = 400;

	private static final Duration LIMIT = Duration.ofSeconds(20);

	private static final String STREAM = """
			data: {"id":"c1","model":"m-1","choices":[{"index":0,"delta":{"content":"Hello"}}]}

			: a comment

			data: {"id":"c1","choices":[{"index":0,"delta":{"content":" there"}}]}

			data: {"id":"c1","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}

			data: [DONE]

			""";

	private static final int PROOF = STREAM.indexOf("\n", STREAM.indexOf("finish_reason"));

	@StartStop
	private final MockWebServer server = new MockWebServer();

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

	@Test
	void damagedStreamsEndAndLeakNothing() {
		LlmProvider provider = provider();
		Random random = new Random(11);
		for (int i = 0; i < STREAMS; i++) {
			byte[] body = STREAM.getBytes(StandardCharsets.UTF_8);
			boolean cut = i % 3 == 0;
			if (cut) {
				body = Arrays.copyOf(body, random.nextInt(body.length));
			}
			else {
				body[random.nextInt(body.length)] ^= (byte) (1 << random.nextInt(8));
			}
			boolean complete = ask(provider, body, i % 5 == 0);
			if (complete) {
				assertThat(provesItsEnd(body)).as(new String(body, StandardCharsets.ISO_8859_1)).isTrue();
			}
		}
		assertThat(leaksFound()).isEmpty();
	}

	@Test
	void cancelledStreamsLeakNothing() {
		LlmProvider provider = provider();
		for (int i = 0; i < 50; i++) {
			this.server.enqueue(new MockResponse.Builder().addHeader("content-type", "text/event-stream")
				.chunkedBody(STREAM, 20)
				.build());
			LlmEvent first = provider.stream(LlmRequest.of("Hi")).blockFirst(LIMIT);
			assertThat(first).isEqualTo(new LlmEvent.TextDelta("Hello"));
		}
		assertThat(leaksFound()).isEmpty();
	}

	private LlmProvider provider() {
		HttpProviderSettings settings = HttpProviderSettings.of("acme", this.server.url("/v1").toString(), "m");
		return new ContractModule(new HttpProvider(settings, new OpenAiFormat("acme"), WebClient.create(),
				ApiKeys.of("k"), new ErrorReader(new DefaultErrorClassifier(), Clock.systemUTC())),
				new Target("acme", "m"));
	}

	private boolean ask(LlmProvider provider, byte[] body, boolean reset) {
		MockResponse.Builder response = new MockResponse.Builder().addHeader("content-type", "text/event-stream")
			.chunkedBody(new Buffer().write(body), 32);
		this.server.enqueue((reset ? response.onResponseBody(new SocketEffect.CloseSocket()) : response).build());
		try {
			return provider.stream(LlmRequest.of("Hi")).blockLast(LIMIT) instanceof LlmEvent.Completed;
		}
		catch (LlmException ex) {
			return false;
		}
	}

	private static boolean provesItsEnd(byte[] body) {
		String text = new String(body, StandardCharsets.ISO_8859_1);
		return text.contains("[DONE]") || (body.length >= PROOF && text.contains("finish_reason\":\""));
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
