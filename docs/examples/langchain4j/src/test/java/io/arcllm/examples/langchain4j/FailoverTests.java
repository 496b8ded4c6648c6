package io.arcllm.examples.langchain4j;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import dev.langchain4j.model.chat.response.ChatResponse;
import io.arcllm.test.ArcllmTest;
import io.arcllm.test.FakeVendors;
import io.arcllm.test.vendor.Fault;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;

import static org.assertj.core.api.Assertions.assertThat;

@ArcllmTest
@SpringBootTest
class FailoverTests {

	@Autowired
	Assistant assistant;

	@Autowired
	FakeVendors vendors;

	@Test
	void openAiAnswersWhileItIsWell() {
		assertThat(this.assistant.ask("Hello")).contains("answer of openai");
	}

	@Test
	void anthropicAnswersWhileOpenAiRefuses() {
		this.vendors.of("openai").fail(Fault.CONTEXT_LENGTH);
		assertThat(this.assistant.ask("Hello")).contains("answer of anthropic");
	}

	@Test
	void aStreamThatBreaksOffGoesOn() {
		this.vendors.of("openai").fail(Fault.CUT, 1);
		StringBuilder words = new StringBuilder();
		CompletableFuture<ChatResponse> end = new CompletableFuture<>();
		this.assistant.stream("Hello")
			.onPartialResponse(words::append)
			.onCompleteResponse(end::complete)
			.onError(end::completeExceptionally)
			.start();
		assertThat(end.orTimeout(20, TimeUnit.SECONDS).join().aiMessage().text()).isEqualTo(words.toString());
		assertThat(this.vendors.of("openai").asked() + this.vendors.of("anthropic").asked()).isEqualTo(2);
	}

}
