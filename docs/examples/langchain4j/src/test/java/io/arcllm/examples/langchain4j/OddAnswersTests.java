package io.arcllm.examples.langchain4j;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.stream.Stream;

import com.sun.net.httpserver.HttpServer;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.openai.OpenAiChatModel;
import dev.langchain4j.model.openai.OpenAiStreamingChatModel;
import io.arcllm.LlmEvent;
import io.arcllm.LlmProvider;
import io.arcllm.LlmRequest;
import io.arcllm.LlmResponse;
import io.arcllm.test.FakeVendorSettings;
import io.arcllm.test.FakeVendors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Answers with status 200 that are none, as vendors and proxies give them: whatever the
 * application's own model makes of them, the next vendor answers.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OddAnswersTests {

	private static final List<String> BODIES = List.of("", "{}", "[]", "null", "<html>Busy</html>", "{\"choices\":[]}",
			"{\"choices\":null}", "{\"choices\":[{}]}", "{\"choices\":[{\"message\":null}]}",
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
				.replace(" ", "")
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
		LlmProvider llm = this.context.getBean(LlmProvider.class);
		LlmResponse answer = streaming
				? ((LlmEvent.Completed) llm.stream(LlmRequest.of("Hello")).blockLast()).response()
				: llm.invoke("Hello");
		assertThat(answer.provider()).as("%s", answer.trail()).isEqualTo("anthropic");
	}

	private ConfigurableApplicationContext start() {
		String url = "http://127.0.0.1:" + this.server.getAddress().getPort() + "/v1";
		return new SpringApplicationBuilder(AssistantApplication.class).web(WebApplicationType.NONE)
			.properties("spring.config.location=optional:classpath:/none/", "arcllm.langchain4j.primary=true",
					"arcllm.provider=house", "arcllm.providers.house.type=langchain4j",
					"arcllm.providers.house.bean=house", "arcllm.providers.house.streaming-bean=streamingHouse",
					"arcllm.modules.fallback.enabled=true", "arcllm.modules.fallback.chain=anthropic",
					"arcllm.providers.anthropic.model=m", "arcllm.providers.anthropic.api-key=k",
					"arcllm.providers.anthropic.base-url=" + this.vendors.of("anthropic").url())
			.initializers((context) -> register((GenericApplicationContext) context, url))
			.run();
	}

	private static void register(GenericApplicationContext context, String url) {
		context.registerBean("house", ChatModel.class,
				() -> OpenAiChatModel.builder().baseUrl(url).apiKey("k").modelName("m").maxRetries(0).build());
		context.registerBean("streamingHouse", StreamingChatModel.class,
				() -> OpenAiStreamingChatModel.builder().baseUrl(url).apiKey("k").modelName("m").build());
	}

}
