package io.arcllm.starter;

import java.util.List;
import java.util.Map;

import io.arcllm.LlmProvider;
import io.arcllm.LlmRequest;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

/**
 * An application with the starter and nothing else, which asks for an answer of a type.
 */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
public class StarterAlone {

	/** What it asks for. */
	public record City(String city, List<String> sights) {
	}

	/**
	 * Starts, asks and stops.
	 * @param url where an OpenAI-compatible vendor answers
	 * @return the stack and the answer
	 */
	public static String ask(String url) {
		Map<String, Object> properties = Map.of("spring.config.location", "optional:classpath:/none/", "arcllm.profile",
				"resilient", "arcllm.provider", "openai", "arcllm.providers.openai.base-url", url,
				"arcllm.providers.openai.api-key", "k", "arcllm.providers.openai.model", "gpt-5-mini",
				"arcllm.providers.anthropic.base-url", url, "arcllm.providers.anthropic.api-key", "k",
				"arcllm.providers.anthropic.model", "claude-sonnet-4-5");
		try (ConfigurableApplicationContext context = new SpringApplicationBuilder(StarterAlone.class)
			.properties(properties)
			.run()) {
			LlmProvider llm = context.getBean(LlmProvider.class);
			return llm + " " + llm.invoke(LlmRequest.of("What is there to see in Bonn?"), City.class);
		}
	}

}
