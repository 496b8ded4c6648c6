package io.arcllm.autoconfigure;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import io.arcllm.AuditRecord;
import io.arcllm.AuditSink;
import io.arcllm.LlmProvider;
import io.arcllm.LlmProviders;
import io.arcllm.LlmResponse;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Audit in stacks.
 */
class AuditAutoConfigurationTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(ArcllmPropertiesAutoConfiguration.class, ArcllmAutoConfiguration.class,
				ArcllmAuditAutoConfiguration.class, ArcllmRedactionAutoConfiguration.class))
		.withBean("echo", LlmProvider.class,
				() -> LlmProvider.of("echo", (request) -> LlmResponse.of("to bob@example.com")))
		.withPropertyValues("arcllm.provider=echo", "arcllm.modules.audit.enabled=true",
				"arcllm.modules.audit.include-messages=true", "arcllm.modules.audit.include-response=true");

	private final List<AuditRecord> records = new CopyOnWriteArrayList<>();

	@Test
	void recordsOfAClosedApplicationAreWrittenWithoutWhatRedactionTakesOut() {
		this.runner.withBean(AuditSink.class, () -> this.records::add)
			.withPropertyValues("arcllm.modules.redaction.enabled=true")
			.run((context) -> {
				LlmProvider llm = context.getBean(LlmProviders.class).load("echo");
				assertThat(llm.toString()).startsWith("Redaction(Audit(");
				assertThat(llm.invoke("I am ann@example.com").text()).isEqualTo("to [EMAIL]");
			});
		assertThat(this.records).singleElement()
			.satisfies((record) -> assertThat(record.json()).contains("I am [EMAIL]", "to [EMAIL]")
				.doesNotContain("example.com"));
	}

	@Test
	void recordsAreEventsWhereThatIsSaid() {
		this.runner.withPropertyValues("arcllm.modules.audit.sink=event")
			.withInitializer((context) -> context.addApplicationListener((event) -> {
				if (event instanceof org.springframework.context.PayloadApplicationEvent<?> payload
						&& payload.getPayload() instanceof AuditRecord record) {
					this.records.add(record);
				}
			}))
			.run((context) -> context.getBean(LlmProviders.class).load("echo").invoke("hi"));
		assertThat(this.records).singleElement().extracting(AuditRecord::outcome).isEqualTo("completed");
	}

}
