package io.arcllm.autoconfigure;

import java.util.List;

import io.arcllm.LlmConfigException;
import io.arcllm.LlmProvider;
import io.arcllm.LlmProviders;
import io.arcllm.LlmResponse;
import io.arcllm.PiiDetector;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Redaction in stacks.
 */
class RedactionAutoConfigurationTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(ArcllmPropertiesAutoConfiguration.class, ArcllmAutoConfiguration.class,
				ArcllmRedactionAutoConfiguration.class))
		.withUserConfiguration(Own.class)
		.withPropertyValues("arcllm.modules.redaction.enabled=true", "arcllm.provider=echo");

	@Configuration(proxyBeanMethods = false)
	static class Own {

		@Bean
		LlmProvider echo() {
			return LlmProvider.of("echo", (request) -> LlmResponse.of(request.messages().get(0).text()));
		}

		@Bean
		PiiDetector customers() {
			return new PiiDetector() {

				@Override
				public String type() {
					return "customer";
				}

				@Override
				public List<Span> find(CharSequence text) {
					int start = text.toString().indexOf("C-7");
					return (start < 0) ? List.of() : List.of(new Span(start, start + 3));
				}

			};
		}

		@Bean
		MeterRegistry meters() {
			return new SimpleMeterRegistry();
		}

	}

	@Test
	void redactsWithPatternsDetectorsAndMeters() {
		this.runner
			.withPropertyValues("arcllm.modules.redaction.patterns[0].name=badge",
					"arcllm.modules.redaction.patterns[0].regex=B-\\d{6}",
					"arcllm.modules.redaction.stop-words=support@example.com")
			.run((context) -> {
				LlmProvider llm = context.getBean(LlmProviders.class).load("echo");
				assertThat(llm.toString()).startsWith("Redaction(");
				assertThat(llm.invoke("a@b.org, B-123456, C-7, support@example.com").text())
					.isEqualTo("[EMAIL], [BADGE], [CUSTOMER], support@example.com");
				MeterRegistry meters = context.getBean(MeterRegistry.class);
				assertThat(meters.get("arcllm.redactions").tags("type", "email").counter().count()).isEqualTo(1);
				assertThat(meters.get("arcllm.redactions").tags("type", "badge").counter().count()).isEqualTo(1);
				assertThat(context.getBean(LlmProviders.class)
					.load("echo", (options) -> options.module("redaction", false))
					.invoke("a@b.org")
					.text()).isEqualTo("a@b.org");
			});
	}

	@Test
	void wrongPatternStopsTheStartAndNamesItsKey() {
		this.runner
			.withPropertyValues("arcllm.modules.redaction.patterns[0].name=badge",
					"arcllm.modules.redaction.patterns[0].regex=(B")
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.isInstanceOf(LlmConfigException.class)
				.hasMessageContaining("arcllm.modules.redaction.patterns")
				.hasMessageContaining("'badge'"));
	}

}
