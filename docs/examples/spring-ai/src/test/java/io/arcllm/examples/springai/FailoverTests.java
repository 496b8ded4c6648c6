package io.arcllm.examples.springai;

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
		assertThat(this.assistant.ask("Hello")).contains("answer of spring-ai");
		assertThat(this.vendors.of("spring-ai").asked()).isEqualTo(1);
	}

	@Test
	void anthropicAnswersWhileOpenAiIsDown() {
		this.vendors.of("spring-ai").fail(Fault.UNAVAILABLE);
		assertThat(this.assistant.ask("Hello")).contains("answer of anthropic");
		assertThat(this.vendors.of("spring-ai").asked()).isEqualTo(1);
	}

	@Test
	void aStreamThatCannotBeginIsAnsweredByAnthropic() {
		this.vendors.of("spring-ai").fail(Fault.RESET);
		String words = String.join("", this.assistant.stream("Hello").collectList().block());
		assertThat(words).contains("answer of anthropic");
	}

}
