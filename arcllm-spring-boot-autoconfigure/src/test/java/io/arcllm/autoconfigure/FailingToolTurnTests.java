package io.arcllm.autoconfigure;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.service.AiServices;
import dev.langchain4j.service.TokenStream;
import mockwebserver3.MockResponse;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.ai.chat.client.ChatClient;
import org.springframework.ai.chat.model.ChatModel;
import org.springframework.ai.tool.annotation.Tool;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A turn of another library's tool loop fails, and is tried again: the tools before it
 * have run once.
 */
class FailingToolTurnTests {

	@AutoClose
	private final Vendors vendors = new Vendors();

	private final Weather weather = new Weather();

	private ApplicationContextRunner runner() {
		return this.vendors.runner()
			.withConfiguration(AutoConfigurations.of(ArcllmSpringAiAutoConfiguration.class,
					ArcllmLangChain4jAutoConfiguration.class))
			.withPropertyValues("arcllm.modules.retry.enabled=true", "arcllm.modules.retry.max-retries=1",
					"arcllm.modules.fallback.enabled=true", "arcllm.modules.fallback.chain=second",
					"arcllm.modules.order=fallback,retry,timeout", "arcllm.modules.streams.recovery=replay");
	}

	private static MockResponse callsTool(boolean streaming) {
		String arguments = "{\\\"city\\\":\\\"Rome\\\"}";
		String call = "{\"index\":0,\"id\":\"c1\",\"type\":\"function\",\"function\":{\"name\":\"weather\",\"arguments\":\""
				+ arguments + "\"}}";
		if (!streaming) {
			return Vendors
				.json(200,
						"{\"id\":\"c\",\"model\":\"m\",\"choices\":[{\"index\":0,\"finish_reason\":"
								+ "\"tool_calls\",\"message\":{\"role\":\"assistant\",\"content\":null,\"tool_calls\":["
								+ call + "]}}]}")
				.build();
		}
		return new MockResponse.Builder().addHeader("content-type", "text/event-stream")
			.body("data: {\"id\":\"c\",\"model\":\"m\",\"choices\":[{\"index\":0,\"delta\":{\"tool_calls\":[" + call
					+ "]},\"finish_reason\":\"tool_calls\"}]}\n\ndata: [DONE]\n\n")
			.build();
	}

	/** The turn that calls a tool breaks off before it is whole. */
	private static MockResponse beginsToCall() {
		return new MockResponse.Builder().addHeader("content-type", "text/event-stream")
			.body("data: {\"id\":\"c\",\"model\":\"m\",\"choices\":[{\"index\":0,\"delta\":{\"tool_calls\":[{\"index\":0,"
					+ "\"id\":\"c1\",\"type\":\"function\",\"function\":{\"name\":\"weather\",\"arguments\":\"{\\\"ci\"}}]}}]}\n\n")
			.build();
	}

	@ParameterizedTest
	@CsvSource({ "springai,false", "springai,true", "langchain4j,false", "langchain4j,true" })
	void theTurnAfterTheToolFailsAndIsTriedAgain(String library, boolean streaming) {
		this.vendors.first.enqueue(callsTool(streaming));
		this.vendors.first.enqueue(Vendors.fails("503"));
		this.vendors.first.enqueue(Vendors.fails("reset"));
		this.vendors.second.enqueue(Vendors.says("It is sunny.", streaming));
		runner().run((context) -> {
			assertThat(ask(context, library, streaming)).isEqualTo("It is sunny.");
			assertThat(this.weather.asked).hasValue(1);
			assertThat(this.vendors.first.getRequestCount()).isEqualTo(3);
			assertThat(this.vendors.second.getRequestCount()).isOne();
			assertThat(this.vendors.second.takeRequest().getBody().utf8()).contains("sunny in Rome", "\"c1\"");
		});
	}

	@ParameterizedTest
	@CsvSource({ "springai,false", "springai,true", "langchain4j,false", "langchain4j,true" })
	void theTurnThatCallsTheToolFailsAndIsTriedAgain(String library, boolean streaming) {
		this.vendors.first.enqueue(streaming ? beginsToCall() : Vendors.fails("reset"));
		this.vendors.first.enqueue(Vendors.fails("503"));
		if (streaming) {
			this.vendors.first.enqueue(Vendors.fails("503"));
		}
		this.vendors.second.enqueue(callsTool(streaming));
		this.vendors.first.enqueue(Vendors.says("It is sunny.", streaming));
		runner().run((context) -> {
			assertThat(ask(context, library, streaming)).isEqualTo("It is sunny.");
			assertThat(this.weather.asked).hasValue(1);
		});
	}

	private String ask(ApplicationContext context, String library, boolean streaming) {
		if (library.equals("springai")) {
			ChatClient.ChatClientRequestSpec prompt = ChatClient.create(context.getBean(ChatModel.class))
				.prompt("Rome?")
				.tools(this.weather);
			return streaming ? String.join("", prompt.stream().content().collectList().block(Duration.ofSeconds(20)))
					: prompt.call().content();
		}
		Assistant assistant = AiServices.builder(Assistant.class)
			.chatModel(context.getBean(dev.langchain4j.model.chat.ChatModel.class))
			.streamingChatModel(context.getBean(StreamingChatModel.class))
			.tools(this.weather)
			.build();
		return streaming ? words(assistant.stream("Rome?")) : assistant.chat("Rome?");
	}

	private static String words(TokenStream stream) {
		StringBuilder words = new StringBuilder();
		CompletableFuture<ChatResponse> end = new CompletableFuture<>();
		stream.onPartialResponse(words::append)
			.onCompleteResponse(end::complete)
			.onError(end::completeExceptionally)
			.start();
		end.orTimeout(20, TimeUnit.SECONDS).join();
		return words.toString();
	}

	interface Assistant {

		String chat(String question);

		TokenStream stream(String question);

	}

	private static final class Weather {

		private final AtomicInteger asked = new AtomicInteger();

		@Tool(description = "The weather in a city")
		@dev.langchain4j.agent.tool.Tool("The weather in a city")
		String weather(@dev.langchain4j.agent.tool.P(name = "city", value = "where") String city) {
			this.asked.incrementAndGet();
			return "sunny in " + city;
		}

	}

}
