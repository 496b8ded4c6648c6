package io.arcllm.autoconfigure;

import java.util.List;
import java.util.Map;

import io.arcllm.LlmProvider;
import io.arcllm.LlmProviders;
import io.arcllm.LlmRequest;
import io.arcllm.Message;
import io.arcllm.RequestMetadata;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tenants are tags only from a list, since callers could make them up.
 */
class TenantTagTests {

	private static final String ANSWER = "{\"model\":\"m0\",\"choices\":[{\"index\":0,\"finish_reason\":\"stop\","
			+ "\"message\":{\"role\":\"assistant\",\"content\":\"Hi\"}}],"
			+ "\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":500}}";

	private Vendors vendors;

	@BeforeEach
	void start() {
		this.vendors = new Vendors();
	}

	@AfterEach
	void stop() {
		this.vendors.close();
	}

	private ApplicationContextRunner runner() {
		for (int i = 0; i < 3; i++) {
			this.vendors.first.enqueue(Vendors.json(200, ANSWER).build());
		}
		String key = "arcllm.providers.first.models[0].";
		return this.vendors.runner()
			.withConfiguration(AutoConfigurations.of(ArcllmTelemetryAutoConfiguration.class))
			.withBean(MeterRegistry.class, SimpleMeterRegistry::new)
			.withPropertyValues(key + "name=m0", key + "price.input=0", key + "price.output=500");
	}

	private static List<Counter> costs(MeterRegistry registry, LlmProvider llm) {
		for (String tenant : List.of("acme", "acme", "made-up")) {
			llm.invoke(LlmRequest.of(List.of(Message.user("hi")))
				.mutate()
				.metadata(new RequestMetadata(tenant, null, Map.of()))
				.build());
		}
		return List.copyOf(registry.get("arcllm.cost").counters());
	}

	@Test
	void costIsCountedForTenantsOnTheListAndForAllOthersTogether() {
		runner().withPropertyValues("arcllm.modules.telemetry.tenants=acme,globex").run((context) -> {
			MeterRegistry registry = context.getBean(MeterRegistry.class);
			costs(registry, context.getBean(LlmProviders.class).primary());
			assertThat(registry.get("arcllm.cost").tag("tenant", "acme").counter().count()).isEqualTo(0.5);
			assertThat(registry.get("arcllm.cost").tag("tenant", "other").counter().count()).isEqualTo(0.25);
		});
	}

	@Test
	void withoutAListNoMeterHasATenant() {
		runner().run((context) -> {
			MeterRegistry registry = context.getBean(MeterRegistry.class);
			assertThat(costs(registry, context.getBean(LlmProviders.class).primary())).singleElement()
				.satisfies((counter) -> assertThat(counter.getId().getTag("tenant")).isNull());
		});
	}

}
