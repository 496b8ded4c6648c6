package io.arcllm.provider.http;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

import io.arcllm.LlmProvider;
import io.arcllm.LlmRequest;
import io.arcllm.Target;
import io.arcllm.module.attempt.ContractModule;
import io.arcllm.provider.ModelTraits;
import io.arcllm.provider.error.DefaultErrorClassifier;
import io.arcllm.provider.error.ErrorReader;
import io.arcllm.provider.key.ApiKeys;
import io.arcllm.provider.openai.OpenAiFormat;
import org.junit.jupiter.api.Test;
import reactor.test.StepVerifier;

import org.springframework.util.unit.DataSize;
import org.springframework.web.reactive.function.client.WebClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A vendor that sends more than a subscriber takes.
 */
class SlowSubscriberTests {

	private static final long MOST = DataSize.ofMegabytes(128).toBytes();

	private static final Duration LIMIT = Duration.ofSeconds(20);

	private final AtomicLong sent = new AtomicLong();

	private final AtomicBoolean closed = new AtomicBoolean();

	@Test
	void slowsTheSocketAndClosesItWhenItGoesAway() throws Exception {
		try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			Thread vendor = new Thread(() -> send(server));
			vendor.start();
			StepVerifier.create(provider(server.getLocalPort()).stream(LlmRequest.of("Hi")), 5)
				.expectNextCount(5)
				.then(this::waitUntilNothingIsSent)
				.thenRequest(5)
				.expectNextCount(5)
				.thenCancel()
				.verify(LIMIT);
			await().atMost(LIMIT).untilTrue(this.closed);
			vendor.join(LIMIT.toMillis());
		}
		assertThat(this.sent).hasValueLessThan(MOST / 4);
	}

	private void waitUntilNothingIsSent() {
		AtomicLong before = new AtomicLong(-1);
		await().atMost(LIMIT)
			.pollInterval(Duration.ofMillis(300))
			.until(() -> before.getAndSet(this.sent.get()) == this.sent.get());
	}

	private static LlmProvider provider(int port) {
		HttpProviderSettings settings = new HttpProviderSettings("acme", "http://127.0.0.1:" + port + "/v1", false, "m",
				Map.of(), Map.of(), null, null, (model) -> ModelTraits.UNKNOWN, false, DataSize.ofMegabytes(512));
		return new ContractModule(new HttpProvider(settings, new OpenAiFormat("acme"), WebClient.create(),
				ApiKeys.of("k"), new ErrorReader(new DefaultErrorClassifier(), Clock.systemUTC())),
				new Target("acme", "m"));
	}

	private void send(ServerSocket server) {
		byte[] delta = ("data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"" + "x".repeat(1000) + "\"}}]}\n\n")
			.getBytes(StandardCharsets.UTF_8);
		try (Socket socket = server.accept(); OutputStream out = socket.getOutputStream()) {
			socket.getInputStream().read(new byte[4096]);
			out.write("HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n"
				.getBytes(StandardCharsets.US_ASCII));
			while (this.sent.get() < MOST) {
				out.write(delta);
				this.sent.addAndGet(delta.length);
			}
		}
		catch (IOException ex) {
			this.closed.set(true);
		}
	}

}
