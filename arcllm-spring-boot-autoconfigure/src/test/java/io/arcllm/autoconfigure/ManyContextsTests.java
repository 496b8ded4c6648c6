package io.arcllm.autoconfigure;

import io.arcllm.ErrorKind;
import io.arcllm.LlmException;
import io.arcllm.LlmProvider;
import io.arcllm.PromptServers;
import io.arcllm.WholeAndStreamed;
import mockwebserver3.MockWebServer;
import mockwebserver3.junit5.StartStop;
import org.junit.jupiter.api.Test;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * Several applications in one JVM, as a test suite has them: one that ends takes nothing
 * from the others.
 */
class ManyContextsTests {

	@StartStop
	final MockWebServer vendor = PromptServers.create();

	@WholeAndStreamed
	void othersGoOnWhenOneEnds(boolean streaming) {
		try (ConfigurableApplicationContext lasting = start()) {
			LlmProvider llm = lasting.getBean(LlmProvider.class);
			for (int i = 0; i < 3; i++) {
				try (ConfigurableApplicationContext other = start()) {
					assertThat(answer(other.getBean(LlmProvider.class), streaming)).isEqualTo("hello");
					assertThat(answer(llm, streaming)).isEqualTo("hello");
				}
				assertThat(answer(llm, streaming)).isEqualTo("hello");
			}
		}
	}

	@Test
	void closedOneAnswersNothing() {
		LlmProvider llm;
		try (ConfigurableApplicationContext context = start()) {
			llm = context.getBean(LlmProvider.class);
		}
		assertThat(catchThrowableOfType(LlmException.class, () -> llm.invoke("hi")).kind())
			.isEqualTo(ErrorKind.CANCELLED);
		assertThat(this.vendor.getRequestCount()).isZero();
	}

	private String answer(LlmProvider llm, boolean streaming) {
		this.vendor.enqueue(Vendors.says("hello", streaming));
		return Vendors.ask(llm, streaming).text();
	}

	private ConfigurableApplicationContext start() {
		return new SpringApplicationBuilder(Application.class).web(WebApplicationType.NONE)
			.properties("arcllm.providers.v.type=openai", "arcllm.providers.v.base-url=" + this.vendor.url("/v1"),
					"arcllm.providers.v.api-key=k", "arcllm.providers.v.model=m", "arcllm.lint=off",
					"spring.main.banner-mode=off", "spring.lifecycle.timeout-per-shutdown-phase=1s")
			.run();
	}

	/**
	 * The application.
	 */
	@EnableAutoConfiguration
	static class Application {

	}

}
