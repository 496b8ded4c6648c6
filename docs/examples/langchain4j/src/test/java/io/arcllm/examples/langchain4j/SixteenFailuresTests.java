package io.arcllm.examples.langchain4j;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.openai.OpenAiChatModel;
import dev.langchain4j.model.openai.OpenAiStreamingChatModel;
import dev.langchain4j.service.AiServices;
import io.arcllm.LlmProvider;
import io.arcllm.LlmRequest;
import io.arcllm.test.ArcllmTime;
import io.arcllm.test.FakeVendor;
import io.arcllm.test.FakeVendorSettings;
import io.arcllm.test.FakeVendors;
import io.arcllm.test.SurvivalReport;
import io.arcllm.test.SurvivalReport.Row;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The sixteen failures through an {@code AiServices} interface, whole and streamed, with
 * two vendors: what a caller of the stack itself survives, with no more requests in any
 * row. Requests are compared in each row with breakers off, which remember the rows
 * before. Without hedges and jitter, which go by what was learnt and by chance.
 */
@Tag("proof")
@Timeout(600)
@ResourceLock("movable time")
class SixteenFailuresTests {

	/** By name what each provider is: a vendor of ours, or a model of LangChain4j. */
	@ParameterizedTest
	@CsvSource({ "anthropic, openai", "house, anthropic", "anthropic, house" })
	void takeNoMoreRequestsThanThroughTheStackItself(String primary, String second) {
		List<Row> ours = failures(primary, second, false, (context) -> context.getBean(LlmProvider.class));
		List<Row> theirs = failures(primary, second, false, (context) -> throughAiServices(primary, context));
		assertThat(theirs).hasSize(32).hasSameSizeAs(ours);
		for (int i = 0; i < theirs.size(); i++) {
			Row row = theirs.get(i);
			assertThat(row.survived()).as("%s", row).isTrue();
			assertThat(row.requests()).as("%s, and %s", row, ours.get(i)).isLessThanOrEqualTo(most(ours.get(i)));
		}
	}

	@ParameterizedTest
	@CsvSource({ "anthropic, openai", "house, anthropic", "anthropic, house" })
	void areSurvived(String primary, String second) {
		assertThat(failures(primary, second, true, (context) -> throughAiServices(primary, context))).hasSize(32)
			.allSatisfy((row) -> assertThat(row.survived()).as("%s", row).isTrue());
	}

	private static LlmProvider throughAiServices(String primary, ConfigurableApplicationContext context) {
		return new ThroughAiServices(primary,
				AiServices.builder(ThroughAiServices.Service.class)
					.chatModel(context.getBean("arcllmLangChainChatModel", ChatModel.class))
					.streamingChatModel(context.getBean("arcllmLangChainStreamingChatModel", StreamingChatModel.class))
					.build());
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
			formats.put(name, name.equals("house") ? "openai" : name);
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
		Map<String, Object> properties = new LinkedHashMap<>();
		vendors.vendors().forEach((vendor) -> {
			String key = "arcllm.providers." + vendor.name() + ".";
			String url = vendor.url() + (vendor.name().equals("anthropic") ? "" : "/v1");
			if (vendor.name().equals("house")) {
				properties.putAll(Map.of(key + "type", "langchain4j", key + "bean", "house", key + "streaming-bean",
						"streamingHouse"));
			}
			else {
				properties.putAll(Map.of(key + "model", "m", key + "api-key", "k", key + "base-url", url));
			}
		});
		properties
			.putAll(Map.of("arcllm.profile", "resilient", "arcllm.provider", primary, "arcllm.modules.hedge.enabled",
					false, "arcllm.modules.circuit-breaker.enabled", breakers, "arcllm.modules.retry.jitter", false,
					"spring.config.location", "optional:classpath:/none/", "arcllm.langchain4j.primary", true));
		return new SpringApplicationBuilder(AssistantApplication.class).web(WebApplicationType.NONE)
			.properties(properties)
			.initializers((context) -> vendors.vendor("house")
				.ifPresent((vendor) -> register((GenericApplicationContext) context, vendor)))
			.run();
	}

	private static void register(GenericApplicationContext context, FakeVendor vendor) {
		context.registerBean("house", ChatModel.class,
				() -> OpenAiChatModel.builder()
					.baseUrl(vendor.url() + "/v1")
					.apiKey("k")
					.modelName("m")
					.maxRetries(0)
					.build());
		context.registerBean("streamingHouse", StreamingChatModel.class,
				() -> OpenAiStreamingChatModel.builder()
					.baseUrl(vendor.url() + "/v1")
					.apiKey("k")
					.modelName("m")
					.build());
	}

}
