package io.arcllm.autoconfigure;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import io.arcllm.LlmProvider;
import io.arcllm.LlmRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.netty.http.client.HttpClient;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.HttpClientAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.reactive.ClientHttpConnectorBuilderCustomizer;
import org.springframework.boot.http.client.autoconfigure.reactive.ReactiveHttpClientAutoConfiguration;
import org.springframework.boot.http.client.reactive.ReactorClientHttpConnectorBuilder;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.webclient.autoconfigure.WebClientAutoConfiguration;
import org.springframework.boot.webclient.WebClientCustomizer;
import org.springframework.web.reactive.function.client.ExchangeFilterFunction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Calls that are cancelled at each moment of a request on its own, at a vendor whose
 * answer begins and has no end: their connections are closed.
 */
class CancelMomentsTests {

	private static final Duration LIMIT = Duration.ofSeconds(20);

	/** When a call is cancelled, or fails. */
	private enum Moment {

		CHANNEL_MADE, CONNECTED, BEFORE_REQUEST, AFTER_REQUEST, HEAD_READ, HEAD_PASSED_ON, ANSWER_PASSED_ON,

		/** A filter of the application throws when it sees the answer. */
		FILTER_THROWS

	}

	private final Sinks.Empty<Void> gone = Sinks.empty();

	private final ExecutorService threads = Executors.newCachedThreadPool();

	private final AtomicInteger accepted = new AtomicInteger();

	private final AtomicInteger open = new AtomicInteger();

	private ServerSocket server;

	@BeforeEach
	void listen() throws IOException {
		this.server = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
		this.threads.execute(() -> {
			try {
				while (true) {
					Socket socket = this.server.accept();
					this.open.incrementAndGet();
					this.accepted.incrementAndGet();
					this.threads.execute(() -> serve(socket));
				}
			}
			catch (IOException ex) {
				// closed
			}
		});
	}

	@AfterEach
	void close() throws IOException {
		this.server.close();
		this.threads.shutdownNow();
	}

	/** Begins an answer and waits until the connection is closed. */
	private void serve(Socket socket) {
		try (socket) {
			InputStream in = socket.getInputStream();
			byte[] bytes = new byte[8192];
			int length = in.read(bytes);
			if (length > 0) {
				String request = new String(bytes, 0, length, StandardCharsets.US_ASCII);
				String type = request.contains("event-stream") ? "text/event-stream"
						: request.contains("ndjson") ? "application/x-ndjson" : "application/json";
				socket.getOutputStream()
					.write(("HTTP/1.1 200 OK\r\ncontent-type: " + type
							+ "\r\ntransfer-encoding: chunked\r\n\r\n2\r\n\n\n\r\n")
						.getBytes(StandardCharsets.US_ASCII));
			}
			while (length >= 0) {
				length = in.read(bytes);
			}
		}
		catch (IOException ex) {
			// closed
		}
		finally {
			this.open.decrementAndGet();
		}
	}

	static Stream<Arguments> moments() {
		return Stream.of(Moment.values())
			.flatMap((moment) -> Stream.of("anthropic", "openai", "ollama")
				.flatMap((type) -> Stream.of(false, true).map((streaming) -> Arguments.of(moment, type, streaming))));
	}

	@ParameterizedTest
	@MethodSource("moments")
	void connectionIsClosed(Moment moment, String type, boolean streaming) {
		runner(moment, type).run((context) -> {
			LlmProvider llm = context.getBean(LlmProvider.class);
			llm.exchange(LlmRequest.of("Hi").withStreaming(streaming))
				.takeUntilOther(this.gone.asMono())
				.onErrorComplete()
				.blockLast(LIMIT);
			await().atMost(LIMIT).untilAsserted(() -> {
				assertThat(this.accepted).hasPositiveValue();
				assertThat(this.open).hasValue(0);
			});
		});
	}

	private ApplicationContextRunner runner(Moment moment, String type) {
		ClientHttpConnectorBuilderCustomizer<ReactorClientHttpConnectorBuilder> cancelling = (builder) -> builder
			.withHttpClientCustomizer((client) -> cancelling(client, moment));
		return new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(ArcllmPropertiesAutoConfiguration.class,
					ArcllmAutoConfiguration.class, WebClientAutoConfiguration.class, SslAutoConfiguration.class,
					HttpClientAutoConfiguration.class, ReactiveHttpClientAutoConfiguration.class))
			.withBean(ClientHttpConnectorBuilderCustomizer.class, () -> cancelling)
			.withBean(WebClientCustomizer.class, () -> (builder) -> builder.filter(filter(moment)))
			.withPropertyValues("arcllm.providers.v.type=" + type,
					"arcllm.providers.v.base-url=http://127.0.0.1:" + this.server.getLocalPort() + "/v1",
					"arcllm.providers.v.model=m", "arcllm.providers.v.http.max-idle-time=200ms");
	}

	private HttpClient cancelling(HttpClient client, Moment moment) {
		return switch (moment) {
			case CHANNEL_MADE -> client.doOnChannelInit((observer, channel, address) -> cancel());
			case CONNECTED -> client.doOnConnected((connection) -> cancel());
			case BEFORE_REQUEST -> client.doOnRequest((request, connection) -> cancel());
			case AFTER_REQUEST -> client.doAfterRequest((request, connection) -> cancel());
			case HEAD_READ -> client.doOnResponse((response, connection) -> cancel());
			case HEAD_PASSED_ON -> client.mapConnect((connect) -> connect.doOnNext((connection) -> cancel()));
			case ANSWER_PASSED_ON, FILTER_THROWS -> client;
		};
	}

	private ExchangeFilterFunction filter(Moment moment) {
		return (request, next) -> switch (moment) {
			case ANSWER_PASSED_ON -> next.exchange(request).doOnNext((answer) -> cancel());
			case FILTER_THROWS ->
				next.exchange(request).flatMap((answer) -> Mono.error(new IllegalStateException("a bug")));
			default -> next.exchange(request);
		};
	}

	private void cancel() {
		this.gone.tryEmitEmpty();
	}

}
