package io.arcllm.examples.langchain4j;

import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.openai.OpenAiChatModel;
import io.arcllm.test.ArcllmTest;
import io.arcllm.test.FakeVendors;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.annotation.Bean;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * An application that had a model before: one line of YAML has its interface answered by
 * the chain behind that model.
 */
@ArcllmTest
@SpringBootTest(properties = { "spring.config.location=optional:classpath:/none/", "arcllm.langchain4j.primary=true",
		"arcllm.provider=house", "arcllm.providers.house.type=langchain4j", "arcllm.providers.house.bean=openAi",
		"arcllm.providers.anthropic.model=m", "arcllm.modules.fallback.enabled=true",
		"arcllm.modules.fallback.chain=anthropic", "openai.base-url=http://localhost:1/v1" })
class ModelOfItsOwnTests {

	@Autowired
	private Assistant assistant;

	@Autowired
	private FakeVendors vendors;

	@Test
	void theChainAnswersWhileTheModelCannotBeReached() {
		assertThat(this.assistant.ask("Hello")).contains("answer of anthropic");
		assertThat(this.vendors.of("anthropic").asked()).isOne();
	}

	@TestConfiguration(proxyBeanMethods = false)
	static class Models {

		@Bean
		ChatModel openAi(@Value("${openai.base-url}") String url) {
			return OpenAiChatModel.builder().baseUrl(url).apiKey("k").modelName("m").maxRetries(0).build();
		}

	}

}
