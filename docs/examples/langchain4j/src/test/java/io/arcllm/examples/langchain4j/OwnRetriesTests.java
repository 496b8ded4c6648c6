package io.arcllm.examples.langchain4j;

import java.util.Map;

import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.openai.OpenAiChatModel;
import io.arcllm.ErrorKind;
import io.arcllm.LlmException;
import io.arcllm.LlmProvider;
import io.arcllm.test.FakeVendorSettings;
import io.arcllm.test.FakeVendors;
import io.arcllm.test.vendor.Fault;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * The retries inside LangChain4j's own OpenAI model, over HTTP: what the start says of
 * them is what is sent, and without them an attempt is one request.
 */
@ExtendWith(OutputCaptureExtension.class)
class OwnRetriesTests {

	@ParameterizedTest
	@CsvSource({ "0, 1", "1, 2", ", 3" })
	void areCountedAsTheyAreSent(Integer retries, int requests, CapturedOutput output) {
		try (FakeVendors vendors = FakeVendors.start(FakeVendorSettings.instant(), Map.of("house", "openai"));
				ConfigurableApplicationContext context = start(vendors.of("house").url() + "/v1", retries)) {
			assertThat(output.toString().contains("1 x " + requests + " = " + requests + " requests"))
				.isEqualTo(requests > 1);
			vendors.of("house").fail(Fault.UNAVAILABLE);
			assertThatExceptionOfType(LlmException.class)
				.isThrownBy(() -> context.getBean(LlmProvider.class).invoke("Hello"))
				.satisfies((failure) -> {
					assertThat(failure.kind()).isEqualTo(ErrorKind.OVERLOADED);
					assertThat(failure.status()).isEqualTo(503);
					assertThat(failure.trail().attempts()).hasSize(1);
				});
			assertThat(vendors.of("house").asked()).isEqualTo(requests);
		}
	}

	private static ConfigurableApplicationContext start(String url, Integer retries) {
		return new SpringApplicationBuilder(AssistantApplication.class).web(WebApplicationType.NONE)
			.properties("spring.config.location=optional:classpath:/none/", "arcllm.provider=house",
					"arcllm.langchain4j.primary=true", "arcllm.providers.house.type=langchain4j",
					"arcllm.providers.house.bean=house")
			.initializers((context) -> ((GenericApplicationContext) context).registerBean("house", ChatModel.class,
					() -> OpenAiChatModel.builder()
						.baseUrl(url)
						.apiKey("k")
						.modelName("m")
						.maxRetries(retries)
						.build()))
			.run();
	}

}
