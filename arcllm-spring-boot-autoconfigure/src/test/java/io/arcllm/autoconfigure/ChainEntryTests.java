package io.arcllm.autoconfigure;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import io.arcllm.Attempt;
import io.arcllm.LlmEvent;
import io.arcllm.LlmProvider;
import io.arcllm.LlmRequest;
import io.arcllm.WholeAndStreamed;
import mockwebserver3.MockResponse;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Entries of a chain that say more than a target, and models with settings of their own.
 */
@Timeout(60)
class ChainEntryTests {

	@AutoClose
	private final Vendors vendors = new Vendors();

	private static final String[] CHAIN = { "arcllm.modules.fallback.enabled=true",
			"arcllm.modules.fallback.chain[0].target=second/m1", "arcllm.modules.fallback.chain[0].max-tokens=100",
			"arcllm.modules.fallback.chain[0].temperature=0.3", "arcllm.modules.fallback.chain[0].options.tier=low",
			"arcllm.modules.fallback.chain[1]=third", "arcllm.providers.second.models[0].name=m1",
			"arcllm.providers.second.models[0].defaults.max-tokens=50",
			"arcllm.providers.second.models[0].defaults.temperature=0.9",
			"arcllm.providers.second.models[0].options.tier=high", "arcllm.providers.second.models[0].options.top_k=7",
			"arcllm.providers.second.options.top_k=1", "arcllm.providers.second.options.house=x",
			"arcllm.providers.third.models[0].name=m2", "arcllm.providers.third.models[0].defaults.temperature=0.9",
			"arcllm.providers.third.defaults.temperature=0.1", "arcllm.providers.third.defaults.max-tokens=9" };

	@WholeAndStreamed
	void requestGoesBeforeEntryBeforeModelBeforeProvider(boolean streamed) {
		this.vendors.runner().withPropertyValues(CHAIN).run((context) -> {
			JsonNode unset = hop(context.getBean(LlmProvider.class), LlmRequest.of("hi"), streamed);
			assertThat(unset.get("max_tokens").intValue()).isEqualTo(100);
			assertThat(unset.get("temperature").doubleValue()).isEqualTo(0.3);
			assertThat(unset.get("tier").asString()).isEqualTo("low");
			assertThat(unset.get("top_k").intValue()).isEqualTo(7);
			assertThat(unset.get("house").asString()).isEqualTo("x");
			LlmRequest less = LlmRequest.of("hi").mutate().maxTokens(20).temperature(0.0).build();
			JsonNode set = hop(context.getBean(LlmProvider.class), less, streamed);
			assertThat(set.get("max_tokens").intValue()).isEqualTo(20);
			assertThat(set.get("temperature").doubleValue()).isZero();
			LlmRequest more = LlmRequest.of("hi").mutate().maxTokens(2000).options(Map.of("tier", "mine")).build();
			JsonNode bounded = hop(context.getBean(LlmProvider.class), more, streamed);
			assertThat(bounded.get("max_tokens").intValue()).isEqualTo(100);
			assertThat(bounded.get("tier").asString()).isEqualTo("low");
		});
	}

	private JsonNode hop(LlmProvider llm, LlmRequest request, boolean streamed) throws InterruptedException {
		this.vendors.first.enqueue(Vendors.fails("503"));
		this.vendors.second.enqueue(Vendors.says("b", streamed));
		assertThat(llm.exchange(request.withStreaming(streamed)).blockLast(Duration.ofSeconds(20)))
			.isInstanceOf(LlmEvent.Completed.class);
		return JsonMapper.shared().readTree(this.vendors.second.takeRequest().getBody().string(StandardCharsets.UTF_8));
	}

	@Test
	void plainEntryIsATargetAndItsModelGoesBeforeTheProvider() {
		this.vendors.runner().withPropertyValues(CHAIN).run((context) -> {
			this.vendors.first.enqueue(Vendors.fails("503"));
			this.vendors.second.enqueue(Vendors.fails("503"));
			this.vendors.third.enqueue(Vendors.says("c", false));
			assertThat(context.getBean(LlmProvider.class).invoke("hi").text()).isEqualTo("c");
			JsonNode body = JsonMapper.shared()
				.readTree(this.vendors.third.takeRequest().getBody().string(StandardCharsets.UTF_8));
			assertThat(body.get("temperature").doubleValue()).isEqualTo(0.9);
			assertThat(body.get("max_tokens").intValue()).isEqualTo(9);
		});
	}

	@WholeAndStreamed
	void optionsOfAnEntryHaveTheTypesThatTheyAreSentWith(boolean streamed) {
		this.vendors.runner()
			.withPropertyValues(CHAIN)
			.withPropertyValues("arcllm.modules.fallback.chain[0].options.top_k=7",
					"arcllm.modules.fallback.chain[0].options.logprobs=true",
					"arcllm.modules.fallback.chain[0].options.min_p=0.5",
					"arcllm.modules.fallback.chain[0].options.provider.order[0]=a")
			.run((context) -> {
				JsonNode body = hop(context.getBean(LlmProvider.class), LlmRequest.of("hi"), streamed);
				assertThat(body.get("top_k").isInt()).isTrue();
				assertThat(body.get("logprobs").isBoolean()).isTrue();
				assertThat(body.get("min_p").doubleValue()).isEqualTo(0.5);
				assertThat(body.at("/provider/order/0").asString()).isEqualTo("a");
			});
	}

	@WholeAndStreamed
	void optionsThatArePrimaryTargetsAloneStandInTheTrail(boolean streamed) {
		this.vendors.runner().withPropertyValues(CHAIN).run((context) -> {
			this.vendors.first.enqueue(Vendors.fails("503"));
			this.vendors.second.enqueue(Vendors.says("b", streamed));
			List<Attempt> attempts = attempts(context.getBean(LlmProvider.class), streamed);
			assertThat(attempts.get(0).leftOut()).isEmpty();
			assertThat(attempts.get(1).leftOut()).containsExactlyInAnyOrder("top-k", "house");
		});
	}

	@WholeAndStreamed
	void optionsThatAHedgeIsNotSentStandInTheTrail(boolean streamed) {
		this.vendors.runner()
			.withPropertyValues(CHAIN)
			.withPropertyValues("arcllm.modules.hedge.enabled=true", "arcllm.modules.hedge.after=30ms",
					"arcllm.modules.hedge.minimum-delay=10ms", "arcllm.modules.hedge.burst=5",
					"arcllm.modules.streams.upstream=always")
			.run((context) -> {
				this.vendors.first.enqueue(Vendors.fails("silence"));
				this.vendors.second.enqueue(Vendors.says("b", true));
				List<Attempt> attempts = attempts(context.getBean(LlmProvider.class), streamed);
				assertThat(attempts).filteredOn((attempt) -> attempt.cause() == Attempt.Cause.HEDGE)
					.singleElement()
					.satisfies((attempt) -> assertThat(attempt.leftOut()).containsExactlyInAnyOrder("top-k", "house"));
			});
	}

	@ParameterizedTest
	@ValueSource(strings = { "restart", "replay", "continue" })
	void optionsThatARecoveryIsNotSentStandInTheTrail(String recovery) {
		this.vendors.runner()
			.withPropertyValues(CHAIN)
			.withPropertyValues("arcllm.modules.streams.recovery=" + recovery,
					"arcllm.providers.second.accepts-prefix=true")
			.run((context) -> {
				String half = "data: {\"id\":\"c\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a \"}}]}\n\n";
				this.vendors.first.enqueue(
						new MockResponse.Builder().addHeader("content-type", "text/event-stream").body(half).build());
				this.vendors.first.enqueue(Vendors.fails("503"));
				this.vendors.second
					.enqueue(Vendors.says(recovery.equals("continue") ? "whole answer" : "a whole answer", true));
				assertThat(attempts(context.getBean(LlmProvider.class), true))
					.filteredOn((attempt) -> attempt.target().provider().equals("second"))
					.singleElement()
					.satisfies((attempt) -> {
						assertThat(attempt.cause()).isEqualTo(Attempt.Cause.RECOVERY);
						assertThat(attempt.leftOut()).containsExactlyInAnyOrder("top-k", "house");
					});
			});
	}

	private static List<Attempt> attempts(LlmProvider llm, boolean streamed) {
		LlmRequest request = LlmRequest.of("hi")
			.mutate()
			.options(Map.of("top_k", 5, "tier", "mine", "house", "y"))
			.streaming(streamed)
			.build();
		LlmEvent last = llm.exchange(request).blockLast(Duration.ofSeconds(20));
		return ((LlmEvent.Completed) last).response().trail().attempts();
	}

	@Test
	void unknownKeyOfAnEntryIsAMistake() {
		this.vendors.runner()
			.withPropertyValues("arcllm.modules.fallback.enabled=true",
					"arcllm.modules.fallback.chain[0].target=second", "arcllm.modules.fallback.chain[0].max-token=100")
			.run((context) -> assertThat(context.getStartupFailure()).rootCause()
				.hasMessageContaining("max-token")
				.hasMessageContaining("max-tokens"));
	}

	@Test
	void presetIsTheVendorOfAnotherName() {
		this.vendors.runner()
			.withPropertyValues("arcllm.provider=mine", "arcllm.providers.mine.preset=openai",
					"arcllm.providers.mine.base-url=" + this.vendors.second.url("/v1"),
					"arcllm.providers.mine.api-key=k")
			.run((context) -> {
				this.vendors.second.enqueue(Vendors.says("a", false));
				LlmRequest request = LlmRequest.of("hi").mutate().temperature(0.2).maxTokens(5).build();
				assertThat(context.getBean(LlmProvider.class).invoke(request).provider()).isEqualTo("mine");
				JsonNode body = JsonMapper.shared()
					.readTree(this.vendors.second.takeRequest().getBody().string(StandardCharsets.UTF_8));
				assertThat(body.get("model").asString()).isEqualTo("gpt-5-mini");
				assertThat(body.get("max_completion_tokens").intValue()).isEqualTo(5);
				assertThat(body.has("temperature")).isFalse();
			});
	}

	@Test
	void unknownPresetIsAMistakeThatNamesTheNearest() {
		this.vendors.runner()
			.withPropertyValues("arcllm.providers.mine.preset=opanai")
			.run((context) -> assertThat(context.getStartupFailure()).rootCause().hasMessageContaining("openai"));
	}

}
