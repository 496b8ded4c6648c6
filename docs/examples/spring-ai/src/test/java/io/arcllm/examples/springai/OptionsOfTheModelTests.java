package io.arcllm.examples.springai;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicReference;

import com.sun.net.httpserver.HttpServer;
import org.junit.jupiter.api.Test;
import org.springframework.ai.chat.client.ChatClient;
import org.springframework.ai.chat.prompt.ChatOptions;
import org.springframework.ai.openai.OpenAiChatOptions;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * What a model with a ring around it is asked with: its own options, and over these what
 * a prompt says.
 */
class OptionsOfTheModelTests {

	@Test
	void ownOnesStayAndThoseOfAPromptGoOverThem() throws IOException {
		AtomicReference<String> body = new AtomicReference<>();
		HttpServer vendor = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		vendor.createContext("/", (exchange) -> {
			body.set(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
			exchange.sendResponseHeaders(400, -1);
			exchange.close();
		});
		vendor.start();
		try (ConfigurableApplicationContext context = start(vendor.getAddress().getPort())) {
			ChatClient client = context.getBean(ChatClient.Builder.class).build();
			ask(client, ChatOptions.builder().temperature(0.5));
			assertThat(body.get()).contains("\"seed\":7", "\"temperature\":0.5", "\"model\":\"gpt-5-mini\"");
			ask(client, OpenAiChatOptions.builder().model("gpt-5").temperature(0.25));
			assertThat(body.get()).contains("\"seed\":7", "\"temperature\":0.25", "\"model\":\"gpt-5\"");
		}
		finally {
			vendor.stop(0);
		}
	}

	private static void ask(ChatClient client, ChatOptions.Builder<?> options) {
		assertThatThrownBy(() -> client.prompt("Hello").options(options).call().content()).hasMessageContaining("400");
	}

	private static ConfigurableApplicationContext start(int port) {
		return new SpringApplicationBuilder(AssistantApplication.class).web(WebApplicationType.NONE)
			.properties("spring.config.location=optional:classpath:/none/", "spring.ai.openai.api-key=k",
					"spring.ai.openai.base-url=http://127.0.0.1:" + port + "/v1",
					"spring.ai.openai.chat.model=gpt-5-mini", "spring.ai.openai.chat.seed=7",
					"arcllm.spring-ai.wrap=true")
			.run();
	}

}
