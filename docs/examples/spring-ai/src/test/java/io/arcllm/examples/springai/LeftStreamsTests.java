package io.arcllm.examples.springai;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.ai.chat.client.ChatClient;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A stream of a {@code ChatClient} that its reader leaves costs no more words: the
 * connection to the vendor is closed, whether it is ours or the wrapped model's.
 */
class LeftStreamsTests {

	private static final String CHUNK = """
			data: {"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{"content":"word "}}]}

			""";

	private final CountDownLatch closed = new CountDownLatch(1);

	private HttpServer server;

	@BeforeEach
	void startServer() throws IOException {
		this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		this.server.setExecutor(Executors.newCachedThreadPool());
		this.server.createContext("/", this::speak);
		this.server.start();
	}

	@AfterEach
	void stopServer() {
		this.server.stop(0);
	}

	/** Until nobody reads it. */
	private void speak(HttpExchange exchange) throws IOException {
		exchange.getRequestBody().readAllBytes();
		exchange.getResponseHeaders().set("content-type", "text/event-stream");
		exchange.sendResponseHeaders(200, 0);
		try (OutputStream words = exchange.getResponseBody()) {
			for (int i = 0; i < 2000; i++) {
				words.write(CHUNK.getBytes(StandardCharsets.UTF_8));
				words.flush();
				LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
			}
		}
		catch (IOException ex) {
			this.closed.countDown();
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void areClosed(boolean wrapped) throws InterruptedException {
		String url = "http://127.0.0.1:" + this.server.getAddress().getPort() + "/v1";
		String[] asked = wrapped ? new String[] { "arcllm.spring-ai.wrap=true", "spring.ai.openai.base-url=" + url }
				: new String[] { "arcllm.spring-ai.primary=true", "arcllm.providers.mistral.model=m",
						"arcllm.providers.mistral.api-key=k", "arcllm.providers.mistral.base-url=" + url };
		try (ConfigurableApplicationContext context = new SpringApplicationBuilder(AssistantApplication.class)
			.web(WebApplicationType.NONE)
			.properties("spring.config.location=optional:classpath:/none/", "spring.ai.openai.api-key=k")
			.properties(asked)
			.run()) {
			ChatClient client = context.getBean(ChatClient.Builder.class).build();
			assertThat(client.prompt("Hello").stream().content().blockFirst()).isEqualTo("word ");
			assertThat(this.closed.await(8, TimeUnit.SECONDS)).isTrue();
		}
	}

}
