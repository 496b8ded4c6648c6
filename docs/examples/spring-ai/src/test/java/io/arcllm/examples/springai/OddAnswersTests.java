package io.arcllm.examples.springai;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.stream.Stream;

import com.sun.net.httpserver.HttpServer;
import io.arcllm.Trail;
import io.arcllm.test.FakeVendorSettings;
import io.arcllm.test.FakeVendors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.ai.chat.client.ChatClient;
import org.springframework.ai.chat.model.ChatResponse;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Answers with status 200 that are none, as vendors and proxies give them: whatever the
 * wrapped model makes of them, the next vendor answers.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OddAnswersTests {

	private static final List<String> BODIES = List.of("", "{}", "[]", "null", "<html>Busy</html>", "{\"choices\":[]}",
			"{\"choices\":null}", "{\"choices\":[{}]}", "{\"choices\":[{\"message\":null,\"finish_reason\":\"stop\"}]}",
			"{\"error\":{\"message\":\"The engine is overloaded\",\"code\":503}}");

	private final FakeVendors vendors = FakeVendors.start(FakeVendorSettings.instant(),
			Map.of("anthropic", "anthropic"));

	private volatile String body = "";

	private HttpServer server;

	private ConfigurableApplicationContext context;

	static Stream<Arguments> bodies() {
		return BODIES.stream().flatMap((body) -> Stream.of(Arguments.of(body, false), Arguments.of(body, true)));
	}

	@BeforeAll
	void startAll() throws IOException {
		this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		this.server.setExecutor(Executors.newCachedThreadPool());
		this.server.createContext("/", (exchange) -> {
			boolean streamed = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8)
				.contains("\"stream\":true");
			String answer = streamed ? "data: " + this.body.replace("message", "delta") + "\n\ndata: [DONE]\n\n"
					: this.body;
			byte[] bytes = answer.getBytes(StandardCharsets.UTF_8);
			exchange.getResponseHeaders().set("content-type", streamed ? "text/event-stream" : "application/json");
			exchange.sendResponseHeaders(200, (bytes.length == 0) ? -1 : bytes.length);
			exchange.getResponseBody().write(bytes);
			exchange.close();
		});
		this.server.start();
		this.context = start();
	}

	@AfterAll
	void stopAll() {
		this.context.close();
		this.server.stop(0);
		this.vendors.close();
	}

	@ParameterizedTest
	@MethodSource("bodies")
	void areAnsweredByTheNextVendor(String body, boolean streaming) {
		this.body = body;
		ChatClient.ChatClientRequestSpec prompt = this.context.getBean(ChatClient.Builder.class)
			.build()
			.prompt("Hello");
		ChatResponse last = streaming ? prompt.stream().chatResponse().blockLast() : prompt.call().chatResponse();
		Trail trail = last.getMetadata().get("arcllm.trail");
		assertThat(last.getMetadata().<String>get("arcllm.provider")).as("%s", trail).isEqualTo("anthropic");
	}

	private ConfigurableApplicationContext start() {
		return new SpringApplicationBuilder(AssistantApplication.class).web(WebApplicationType.NONE)
			.properties("spring.config.location=optional:classpath:/none/", "spring.ai.openai.api-key=k",
					"spring.ai.openai.base-url=http://127.0.0.1:" + this.server.getAddress().getPort() + "/v1",
					"arcllm.spring-ai.wrap=true", "arcllm.providers.anthropic.model=m",
					"arcllm.providers.anthropic.api-key=k",
					"arcllm.providers.anthropic.base-url=" + this.vendors.of("anthropic").url())
			.run();
	}

}
