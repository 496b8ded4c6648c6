package io.arcllm.autoconfigure;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.arcllm.LlmEvent;
import io.arcllm.LlmProvider;
import io.arcllm.LlmRequest;
import io.arcllm.module.CallListener;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.webclient.autoconfigure.WebClientAutoConfiguration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Callers that go away at any moment, from a vendor on a real socket whose answers never
 * end: nothing of their calls stays.
 */
class AbandonedCallsTests {

	private static final Duration LIMIT = Duration.ofSeconds(30);

	private static final int CALLS = 120;

	private static final int PROOF = 10_000;

	private final ExecutorService threads = Executors.newCachedThreadPool();

	private final AtomicInteger accepted = new AtomicInteger();

	/** Connections that the vendor still has. */
	private final AtomicInteger open = new AtomicInteger();

	private final AtomicInteger observed = new AtomicInteger();

	private final AtomicInteger hooks = new AtomicInteger();

	private final AtomicInteger thrown = new AtomicInteger();

	private ServerSocket server;

	@BeforeEach
	void listen() throws IOException {
		this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
		this.threads.execute(() -> {
			try {
				while (true) {
					Socket socket = this.server.accept();
					int number = this.accepted.incrementAndGet();
					this.open.incrementAndGet();
					this.threads.execute(() -> serve(socket, number));
				}
			}
			catch (IOException ex) {
				// Closed.
			}
		});
	}

	@AfterEach
	void close() throws IOException {
		this.server.close();
		this.threads.shutdownNow();
	}

	@Test
	void connectionsPermitsAndObservationsComeBack() {
		connectionsPermitsAndObservationsComeBack(CALLS);
	}

	@Test
	@Tag("proof")
	@Timeout(value = 4, unit = TimeUnit.MINUTES)
	void connectionsPermitsAndObservationsOfTenThousandComeBack() {
		connectionsPermitsAndObservationsComeBack(PROOF);
	}

	/** With attempts under way, waits for retries, and calls that stand in queues. */
	@Test
	void nothingIsLeftWhenTheContextClosesInTheMiddle() {
		AtomicInteger ended = new AtomicInteger();
		runner()
			.withPropertyValues("spring.lifecycle.timeout-per-shutdown-phase=200ms",
					"arcllm.modules.timeout.first-token=30s", "arcllm.modules.timeout.idle=30s")
			.run((context) -> {
				LlmProvider provider = context.getBean(LlmProvider.class);
				for (int i = 0; i < CALLS; i++) {
					provider.exchange(LlmRequest.of("Hi").withStreaming(i % 2 == 0))
						.doFinally((signal) -> ended.incrementAndGet())
						.subscribe((event) -> {
						}, (ex) -> {
						});
				}
				await().atMost(LIMIT).until(() -> this.accepted.get() > 3);
			});
		await().atMost(LIMIT).untilAsserted(() -> {
			assertThat(ended).hasValue(CALLS);
			assertThat(this.open).hasValue(0);
			assertThat(this.observed).hasValue(0);
		});
	}

	private void connectionsPermitsAndObservationsComeBack(int calls) {
		runner().run((context) -> {
			LlmProvider provider = context.getBean(LlmProvider.class);
			Random random = new Random(9);
			Flux.range(0, calls)
				.flatMap((i) -> abandoned(provider, i, random.nextInt(60)).onErrorResume(AbandonedCallsTests::pause),
						12)
				.blockLast(Duration.ofMinutes(3));
			MeterRegistry meters = context.getBean(MeterRegistry.class);
			assertThat(this.accepted).hasValueGreaterThan(calls / 20);
			assertThat(this.thrown).hasPositiveValue();
			await().atMost(LIMIT).untilAsserted(() -> {
				assertThat(this.open).hasValue(0);
				assertThat(this.observed).hasValue(0);
				assertThat(meters.get("arcllm.bulkhead.running").gauge().value()).isZero();
				assertThat(meters.get("arcllm.bulkhead.queued").gauge().value()).isZero();
			});
		});
	}

	/** A refusal takes microseconds: the next call is made when something has changed. */
	private static Mono<LlmEvent> pause(Throwable failure) {
		return Mono.delay(Duration.ofMillis(5)).then(Mono.empty());
	}

	private static Flux<LlmEvent> abandoned(LlmProvider provider, int number, int millis) {
		Flux<LlmEvent> answer = provider.exchange(LlmRequest.of("Hi").withStreaming(number % 5 != 0));
		return switch (number % 3) {
			case 0 -> answer.take(1).timeout(Duration.ofMillis(200));
			case 1 -> answer.takeUntilOther(Mono.delay(Duration.ofMillis(millis)));
			default -> answer.timeout(Duration.ofMillis(millis + 1));
		};
	}

	private ApplicationContextRunner runner() {
		return new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(ArcllmPropertiesAutoConfiguration.class,
					ArcllmAutoConfiguration.class, ArcllmCircuitBreakerAutoConfiguration.class,
					ArcllmRateLimitAutoConfiguration.class, ArcllmTelemetryAutoConfiguration.class,
					WebClientAutoConfiguration.class, SslAutoConfiguration.class))
			.withBean(MeterRegistry.class, SimpleMeterRegistry::new)
			.withBean(ObservationRegistry.class, this::observations)
			.withBean(CallListener.class, () -> (attempt, before) -> throwSometimes())
			.withPropertyValues("arcllm.provider=acme", "arcllm.providers.acme.type=openai",
					"arcllm.providers.acme.base-url=http://127.0.0.1:" + this.server.getLocalPort() + "/v1",
					"arcllm.providers.acme.model=m", "arcllm.providers.acme.api-keys=key-one, key-two",
					"arcllm.providers.acme.http.max-connections=6",
					"arcllm.providers.acme.http.pending-acquire-timeout=20ms",
					"arcllm.providers.acme.http.max-idle-time=500ms", "arcllm.modules.bulkhead.enabled=true",
					"arcllm.modules.bulkhead.max-concurrent=8", "arcllm.modules.rate-limit.enabled=true",
					"arcllm.modules.rate-limit.requests-per-minute=100000",
					"arcllm.modules.circuit-breaker.enabled=true",
					"arcllm.modules.circuit-breaker.consecutive-failures=1000",
					"arcllm.modules.circuit-breaker.failure-rate=100%",
					"arcllm.modules.circuit-breaker.minimum-calls=20", "arcllm.modules.circuit-breaker.open-for=20ms",
					"arcllm.modules.retry.enabled=true", "arcllm.modules.retry.backoff-base=1ms",
					"arcllm.modules.timeout.first-token=50ms", "arcllm.modules.timeout.idle=50ms");
	}

	private ObservationRegistry observations() {
		ObservationRegistry registry = ObservationRegistry.create();
		registry.observationConfig().observationHandler(new ObservationHandler<>() {

			@Override
			public void onStart(Observation.Context context) {
				AbandonedCallsTests.this.observed.incrementAndGet();
				throwSometimes();
			}

			@Override
			public void onStop(Observation.Context context) {
				AbandonedCallsTests.this.observed.decrementAndGet();
				throwSometimes();
			}

			@Override
			public boolean supportsContext(Observation.Context context) {
				return true;
			}

		});
		return registry;
	}

	/** What a hook of the application does now and then. */
	private void throwSometimes() {
		if (this.hooks.incrementAndGet() % 7 == 0) {
			this.thrown.incrementAndGet();
			throw new IllegalStateException("a bug in the application's hook");
		}
	}

	/**
	 * Silence, a stall after the first word, words until it breaks off, and now and then
	 * a reset or a refused key.
	 */
	private void serve(Socket socket, int number) {
		try (socket; InputStream in = socket.getInputStream(); OutputStream out = socket.getOutputStream()) {
			in.read(new byte[4096]);
			if (number % 11 == 0) {
				socket.setSoLinger(true, 0);
				return;
			}
			if (number % 13 == 0) {
				out.write("HTTP/1.1 401 Unauthorized\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}"
					.getBytes(StandardCharsets.US_ASCII));
				return;
			}
			if (number % 3 > 0) {
				out.write("HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n"
					.getBytes(StandardCharsets.US_ASCII));
			}
			if (number % 7 == 0) {
				out.write(
						"data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hi\"},\"finish_reason\":\"stop\"}]}\n\n"
							.getBytes(StandardCharsets.US_ASCII));
				return;
			}
			for (int words = 0; words < 100; words++) {
				if (number % 3 > 0) {
					out.write("data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hi\"}}]}\n\n"
						.getBytes(StandardCharsets.US_ASCII));
				}
				if (number % 3 < 2) {
					while (in.read(new byte[4096]) >= 0) {
						// Until it closes.
					}
					return;
				}
				if (hasClosed(socket)) {
					return;
				}
			}
		}
		catch (IOException ex) {
			// It closed.
		}
		finally {
			this.open.decrementAndGet();
		}
	}

	/** Listens for two milliseconds, which is also the pace of the words. */
	private static boolean hasClosed(Socket socket) throws IOException {
		socket.setSoTimeout(2);
		try {
			return socket.getInputStream().read() < 0;
		}
		catch (SocketTimeoutException ex) {
			return false;
		}
	}

}
