package io.arcllm.autoconfigure;

import io.arcllm.LlmProvider;
import io.arcllm.LlmResponse;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * An application that is prepared at build time, and tells which provider it was given.
 */
@Configuration(proxyBeanMethods = false)
@ImportAutoConfiguration({ ArcllmPropertiesAutoConfiguration.class, ArcllmAutoConfiguration.class })
class PreparedApplication {

	@Bean
	LlmProvider house() {
		return LlmProvider.of("house", (request) -> LlmResponse.of("from the house"));
	}

	@Bean
	Asker asker(LlmProvider provider) {
		return new Asker(provider);
	}

	public static void main(String[] args) {
		SpringApplicationBuilder application = new SpringApplicationBuilder(PreparedApplication.class)
			.web(WebApplicationType.NONE);
		try (ConfigurableApplicationContext context = application.run(args)) {
			System.out.println("Asks " + context.getBean(Asker.class).provider());
		}
	}

	record Asker(LlmProvider provider) {

	}

}
