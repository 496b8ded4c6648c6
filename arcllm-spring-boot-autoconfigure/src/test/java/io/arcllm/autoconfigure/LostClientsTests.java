package io.arcllm.autoconfigure;

import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

import io.arcllm.Attempt;
import io.arcllm.LlmProvider;
import io.arcllm.LlmRequest;
import io.arcllm.PromptServers;
import io.arcllm.module.CallListener;
import io.arcllm.module.Shutdown;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import mockwebserver3.junit5.StartStop;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.webclient.autoconfigure.WebClientAutoConfiguration;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ReactorHttpHandlerAdapter;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Clients that reset their connections to a WebFlux application, at any moment of an
 * answer that has no end. WebFlux leaves the source of some of them neither cancelled nor
 * asked for more: after {@code timeout.unread} their calls are over.
 */
class LostClientsTests {

	private static final String WORD = "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"word \"}}]}\n\n";

	@StartStop
	final MockWebServer vendor = PromptServers.create();

	private final List<Attempt> attempts = new CopyOnWriteArrayList<>();

	@BeforeEach
	void drip() {
		this.vendor.setDispatcher(new Dispatcher() {

			@Override
			public MockResponse dispatch(RecordedRequest request) {
				return new MockResponse.Builder().addHeader("content-type", "text/event-stream")
					.body(WORD.repeat(10_000))
					.throttleBody(WORD.length(), 10, TimeUnit.MILLISECONDS)
					.build();
			}

		});
	}

	@Test
	void callsOfClientsThatResetEnd() {
		reset(40);
	}

	@Test
	@Tag("proof")
	@Timeout(180)
	void callsOfAThousandClientsThatResetEnd() {
		reset(1000);
	}

	private void reset(int clients) {
		new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(ArcllmPropertiesAutoConfiguration.class,
					ArcllmAutoConfiguration.class, WebClientAutoConfiguration.class, SslAutoConfiguration.class))
			.withBean(CallListener.class, () -> (attempt, before) -> this.attempts.add(attempt))
			.withPropertyValues("arcllm.providers.v.type=openai",
					"arcllm.providers.v.base-url=" + this.vendor.url("/v1"), "arcllm.providers.v.model=m",
					"arcllm.providers.v.http.max-connections=2000", "arcllm.modules.timeout.unread=1s")
			.run((context) -> {
				DisposableServer server = server(context.getBean(LlmProvider.class));
				try {
					reset(server.port(), clients);
					Shutdown calls = context.getBean(Shutdown.class);
					await().atMost(Duration.ofSeconds(30)).until(() -> calls.calls() == 0);
				}
				finally {
					server.disposeNow();
				}
				assertThat(this.attempts).isNotEmpty()
					.allMatch((attempt) -> attempt.outcome() == Attempt.Outcome.CANCELLED);
			});
	}

	private static DisposableServer server(LlmProvider llm) {
		var routes = RouterFunctions.route()
			.GET("/sse",
					(request) -> ServerResponse.ok()
						.contentType(MediaType.TEXT_EVENT_STREAM)
						.body(llm.text(LlmRequest.of("Hi").withStreaming(true)), String.class))
			.build();
		return HttpServer.create()
			.host("127.0.0.1")
			.port(0)
			.handle(new ReactorHttpHandlerAdapter(RouterFunctions.toHttpHandler(routes)))
			.bindNow();
	}

	private static void reset(int port, int clients) throws IOException {
		Random random = new Random(3);
		for (int i = 0; i < clients; i++) {
			try (Socket socket = new Socket("127.0.0.1", port)) {
				socket.setSoLinger(true, 0);
				socket.setSoTimeout(random.nextInt(40) + 1);
				socket.getOutputStream()
					.write("GET /sse HTTP/1.1\r\nhost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
				for (int piece = random.nextInt(4); piece > 0; piece--) {
					socket.getInputStream().read(new byte[256]);
				}
			}
			catch (SocketTimeoutException ex) {
				// it left without a word
			}
		}
	}

}
