package io.arcllm.autoconfigure;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import io.arcllm.Attempt;
import io.arcllm.ErrorKind;
import io.arcllm.LlmProvider;
import io.arcllm.LlmRequest;
import io.arcllm.LlmResponse;
import io.arcllm.autoconfigure.module.CircuitBreakerFactory;
import io.arcllm.module.circuitbreaker.Breaker;
import io.arcllm.module.circuitbreaker.BreakerState;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.Disposable;
import reactor.netty.Connection;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.HttpClientAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.reactive.ClientHttpConnectorBuilderCustomizer;
import org.springframework.boot.http.client.autoconfigure.reactive.ReactiveHttpClientAutoConfiguration;
import org.springframework.boot.http.client.reactive.ReactorClientHttpConnectorBuilder;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.webclient.autoconfigure.WebClientAutoConfiguration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Connections that are kept open between two requests, at a vendor that answers one
 * request over each: what becomes of the second.
 */
@Timeout(60)
@ExtendWith(OutputCaptureExtension.class)
class KeptConnectionsTests {

	/** What a connection does after its first answer. */
	private enum Then {

		/** It is closed at once. */
		CLOSED,

		/** It is closed when the second request has come. */
		FIN,

		/** It is reset when the second request has come. */
		RST,

		/** The second request is not answered. */
		SILENT

	}

	private final ExecutorService threads = Executors.newCachedThreadPool();

	private final AtomicInteger requests = new AtomicInteger();

	private final List<Socket> connections = new CopyOnWriteArrayList<>();

	private volatile Then then = Then.FIN;

	private ServerSocket server;

	@BeforeEach
	void listen() throws IOException {
		this.server = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
		this.threads.execute(() -> {
			while (!this.server.isClosed()) {
				try {
					Socket socket = this.server.accept();
					this.connections.add(socket);
					this.threads.execute(() -> serve(socket));
				}
				catch (IOException ex) {
					// closed
				}
			}
		});
	}

	@AfterEach
	void close() throws IOException {
		this.server.close();
		for (Socket socket : this.connections) {
			socket.close();
		}
		this.threads.shutdownNow();
	}

	private void serve(Socket socket) {
		try (socket) {
			InputStream in = new BufferedInputStream(socket.getInputStream());
			boolean streaming = read(in).contains("\"stream\":true");
			this.requests.incrementAndGet();
			String body = streaming
					? "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hi\"},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n"
					: "{\"choices\":[{\"index\":0,\"finish_reason\":\"stop\",\"message\":{\"role\":\"assistant\",\"content\":\"Hi\"}}]}";
			socket.getOutputStream()
				.write(("HTTP/1.1 200 OK\r\ncontent-type: " + (streaming ? "text/event-stream" : "application/json")
						+ "\r\ncontent-length: " + body.length() + "\r\n\r\n" + body)
					.getBytes(StandardCharsets.US_ASCII));
			if (this.then == Then.CLOSED) {
				return;
			}
			if (in.read() >= 0) {
				this.requests.incrementAndGet();
				if (this.then == Then.RST) {
					socket.setSoLinger(true, 0);
				}
				while (this.then == Then.SILENT && in.read() >= 0) {
					// until the client closes
				}
			}
		}
		catch (IOException ex) {
			// closed
		}
	}

	private static String read(InputStream in) throws IOException {
		StringBuilder head = new StringBuilder();
		while (head.indexOf("\r\n\r\n") < 0) {
			head.append((char) in.read());
		}
		String lower = head.toString().toLowerCase(Locale.ROOT);
		int at = lower.indexOf("content-length:") + "content-length:".length();
		int length = Integer.parseInt(lower.substring(at, lower.indexOf('\r', at)).trim());
		return new String(in.readNBytes(length), StandardCharsets.UTF_8);
	}

	private ApplicationContextRunner runner() {
		return new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(ArcllmPropertiesAutoConfiguration.class,
					ArcllmAutoConfiguration.class, ArcllmCircuitBreakerAutoConfiguration.class,
					WebClientAutoConfiguration.class, SslAutoConfiguration.class, HttpClientAutoConfiguration.class,
					ReactiveHttpClientAutoConfiguration.class))
			.withPropertyValues("arcllm.providers.v.type=openai",
					"arcllm.providers.v.base-url=http://127.0.0.1:" + this.server.getLocalPort() + "/v1",
					"arcllm.providers.v.model=m", "arcllm.providers.v.http.max-connections=1",
					"arcllm.modules.circuit-breaker.enabled=true",
					"arcllm.modules.circuit-breaker.consecutive-failures=1");
	}

	/**
	 * The vendor may have begun: one attempt, and another at once; no breaker counts it.
	 */
	@ParameterizedTest
	@CsvSource({ "FIN, false", "FIN, true", "RST, false", "RST, true" })
	void breakAfterTheRequestIsOneAttemptAndTriedAgainWithoutAWait(Then then, boolean streaming) {
		this.then = then;
		runner()
			.withPropertyValues("arcllm.modules.retry.enabled=true", "arcllm.modules.retry.strategy=fixed",
					"arcllm.modules.retry.backoff-base=50s")
			.run((context) -> {
				LlmProvider llm = context.getBean(LlmProvider.class);
				Vendors.ask(llm, streaming);
				LlmResponse second = Vendors.ask(llm, streaming);
				assertThat(second.trail().attempts()).extracting(Attempt::error)
					.containsExactly(ErrorKind.NETWORK, null);
				assertThat(second.trail().attempts()).extracting(Attempt::waited).containsOnly(Duration.ZERO);
				assertThat(this.requests).hasValue(3);
				assertThat(context.getBean(CircuitBreakerFactory.class).engines(Breaker.class))
					.extracting((breaker) -> breaker.status().state())
					.containsOnly(BreakerState.CLOSED);
			});
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void connectionThatTheVendorHasClosedIsReplacedUnseen(boolean streaming) {
		this.then = Then.CLOSED;
		runner().run((context) -> {
			LlmProvider llm = context.getBean(LlmProvider.class);
			Vendors.ask(llm, streaming);
			Socket first = this.connections.get(0);
			await(first);
			assertThat(Vendors.ask(llm, streaming).trail().attempts()).hasSize(1);
			assertThat(this.requests).hasValue(2);
		});
	}

	/** The moment between finding a connection and writing to it. */
	@ParameterizedTest
	@CsvSource({ "false, false", "false, true", "true, false", "true, true" })
	void connectionThatClosesJustBeforeTheRequestIsReplacedUnseen(boolean later, boolean streaming) {
		AtomicInteger number = new AtomicInteger();
		ClientHttpConnectorBuilderCustomizer<ReactorClientHttpConnectorBuilder> closing = (builder) -> builder
			.withHttpClientCustomizer((client) -> client.doOnRequest((request, connection) -> {
				if (number.incrementAndGet() == 2) {
					close(connection, later);
				}
			}));
		runner().withBean(ClientHttpConnectorBuilderCustomizer.class, () -> closing).run((context) -> {
			LlmProvider llm = context.getBean(LlmProvider.class);
			Vendors.ask(llm, streaming);
			LlmResponse second = Vendors.ask(llm, streaming);
			assertThat(second.text()).isEqualTo("Hi");
			assertThat(second.trail().attempts()).hasSize(1);
			assertThat(number).hasValue(3);
			assertThat(this.requests).hasValue(2);
		});
	}

	/** Callers that go away, and hedges that lose, are no news for the log. */
	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void requestThatIsCancelledOnAKeptConnectionLogsNothing(boolean streaming, CapturedOutput output) {
		this.then = Then.SILENT;
		AtomicReference<Channel> asked = new AtomicReference<>();
		AtomicReference<EventLoop> askedBy = new AtomicReference<>();
		ClientHttpConnectorBuilderCustomizer<ReactorClientHttpConnectorBuilder> watching = (builder) -> builder
			.withHttpClientCustomizer((client) -> client.doOnRequest((request, connection) -> {
				asked.set(connection.channel());
				askedBy.set(connection.channel().eventLoop());
			}));
		runner().withBean(ClientHttpConnectorBuilderCustomizer.class, () -> watching).run((context) -> {
			LlmProvider llm = context.getBean(LlmProvider.class);
			Vendors.ask(llm, streaming);
			Disposable second = llm.exchange(LlmRequest.of("Hi").withStreaming(streaming)).subscribe();
			org.awaitility.Awaitility.await().until(() -> this.requests.get() == 2);
			second.dispose();
			asked.get().closeFuture().await();
			// behind the handlers' own tasks
			askedBy.get().submit(() -> {
			}).await();
			assertThat(output.getAll().lines()).noneMatch(
					(line) -> line.contains("post termination") && line.contains(":" + this.server.getLocalPort()));
		});
	}

	private static void close(Connection connection, boolean later) {
		if (later) {
			// seen by the client before it writes
			connection.channel().pipeline().fireChannelInactive();
		}
		connection.channel().close();
	}

	/** Until the client has noticed the close, and closed its own side. */
	private static void await(Socket socket) {
		org.awaitility.Awaitility.await().until(socket::isClosed);
	}

}
