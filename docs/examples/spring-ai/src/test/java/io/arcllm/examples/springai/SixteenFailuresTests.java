package io.arcllm.examples.springai;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

import io.arcllm.LlmProvider;
import io.arcllm.LlmRequest;
import io.arcllm.test.ArcllmTime;
import io.arcllm.test.FakeVendorSettings;
import io.arcllm.test.FakeVendors;
import io.arcllm.test.SurvivalReport;
import io.arcllm.test.SurvivalReport.Row;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.ai.chat.client.ChatClient;
import org.springframework.ai.chat.model.ChatModel;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The sixteen failures through a {@code ChatClient}, called and streamed, with two
 * vendors: what a caller of the stack itself survives, with no more requests in any row.
 * Requests are compared in each row with breakers off, which remember the rows before.
 * Without hedges and jitter, which go by what was learnt and by chance.
 */
@Tag("proof")
@Timeout(600)
@ResourceLock("movable time")
class SixteenFailuresTests {

	/** By name what each provider is: {@code spring-ai} is its own OpenAI model. */
	@ParameterizedTest
	@CsvSource({ "anthropic, mistral", "spring-ai, anthropic", "anthropic, spring-ai" })
	void takeNoMoreRequestsThanThroughTheStackItself(String primary, String second) {
		List<Row> ours = failures(primary, second, false, (context) -> context.getBean(LlmProvider.class));
		List<Row> theirs = failures(primary, second, false, (context) -> throughChatClient(primary, context));
		assertThat(theirs).hasSize(32).hasSameSizeAs(ours);
		for (int i = 0; i < theirs.size(); i++) {
			Row row = theirs.get(i);
			assertThat(row.survived()).as("%s", row).isTrue();
			assertThat(row.requests()).as("%s, and %s", row, ours.get(i)).isLessThanOrEqualTo(most(ours.get(i)));
		}
	}

	@ParameterizedTest
	@CsvSource({ "anthropic, mistral", "spring-ai, anthropic", "anthropic, spring-ai" })
	void areSurvived(String primary, String second) {
		assertThat(failures(primary, second, true, (context) -> throughChatClient(primary, context))).hasSize(32)
			.allSatisfy((row) -> assertThat(row.survived()).as("%s", row).isTrue());
	}

	private static LlmProvider throughChatClient(String primary, ConfigurableApplicationContext context) {
		return new ThroughChatClient(primary, ChatClient.create(context.getBean("arcllmChatModel", ChatModel.class)));
	}

	/**
	 * Time moves while nothing is heard: on a busy machine while a request is sent, too.
	 */
	private static int most(Row row) {
		return (row.failure() == SurvivalReport.Failure.COMES_BACK) ? row.requests() + 1 : row.requests();
	}

	private static List<Row> failures(String primary, String second, boolean breakers,
			Function<ConfigurableApplicationContext, LlmProvider> asked) {
		Map<String, String> formats = new LinkedHashMap<>();
		for (String name : List.of(primary, second)) {
			formats.put(name, name.equals("anthropic") ? name : "openai");
		}
		try (ArcllmTime time = ArcllmTime.install();
				FakeVendors vendors = FakeVendors.start(FakeVendorSettings.instant(), formats);
				ConfigurableApplicationContext context = start(primary, breakers, vendors)) {
			LlmProvider llm = asked.apply(context);
			// classes are loaded before time is moved
			llm.invoke("Hello");
			llm.stream(LlmRequest.of("Hello")).blockLast();
			return SurvivalReport.of(llm, vendors)
				.seed(1)
				.time(time)
				.run()
				.rows()
				.stream()
				.filter((row) -> row.failure() != null)
				.toList();
		}
	}

	private static ConfigurableApplicationContext start(String primary, boolean breakers, FakeVendors vendors) {
		Map<String, Object> properties = new LinkedHashMap<>(
				Map.of("arcllm.profile", "resilient", "arcllm.provider", primary, "arcllm.modules.hedge.enabled", false,
						"arcllm.modules.circuit-breaker.enabled", breakers, "arcllm.modules.retry.jitter", false,
						"spring.config.location", "optional:classpath:/none/", "spring.ai.openai.api-key", "k"));
		boolean wraps = vendors.vendor("spring-ai").isPresent();
		properties.put(wraps ? "arcllm.spring-ai.wrap" : "arcllm.spring-ai.primary", true);
		vendors.vendors().forEach((vendor) -> {
			String key = "arcllm.providers." + vendor.name() + ".";
			String url = vendor.url() + (vendor.name().equals("anthropic") ? "" : "/v1");
			if (vendor.name().equals("spring-ai")) {
				properties.put("spring.ai.openai.base-url", url);
			}
			else {
				properties.putAll(Map.of(key + "model", "m", key + "api-key", "k", key + "base-url", url));
			}
		});
		return new SpringApplicationBuilder(AssistantApplication.class).web(WebApplicationType.NONE)
			.properties(properties)
			.run();
	}

}
