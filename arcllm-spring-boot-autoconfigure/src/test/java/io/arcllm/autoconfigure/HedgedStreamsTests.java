package io.arcllm.autoconfigure;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

import io.arcllm.Attempt;
import io.arcllm.LlmEvent;
import io.arcllm.LlmProvider;
import io.arcllm.LlmRequest;
import io.arcllm.LlmResponse;
import mockwebserver3.MockResponse;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Streams of a hedge that break off.
 */
@Timeout(60)
class HedgedStreamsTests {

	@AutoClose
	private final Vendors vendors = new Vendors();

	/** The primary would let the caller wait in vain. */
	@ParameterizedTest
	@ValueSource(strings = { "restart", "replay", "continue" })
	void targetThatBrokeOffIsAskedAgainAndNotTheOneThatWasSilent(String recovery) {
		this.vendors.first.enqueue(Vendors.fails("silence"));
		this.vendors.second.enqueue(new MockResponse.Builder().addHeader("content-type", "text/event-stream")
			.body("data: {\"id\":\"c\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"one \"}}]}\n\n")
			.build());
		this.vendors.second.enqueue(Vendors.says("one two", true));
		this.vendors.runner()
			.withPropertyValues("arcllm.modules.fallback.enabled=true", "arcllm.modules.fallback.chain=second",
					"arcllm.modules.hedge.enabled=true", "arcllm.modules.hedge.after=10ms",
					"arcllm.modules.hedge.minimum-delay=0ms", "arcllm.modules.hedge.max-ratio=100%",
					"arcllm.modules.streams.recovery=" + recovery)
			.run((context) -> {
				List<LlmEvent> events = context.getBean(LlmProvider.class)
					.stream(LlmRequest.of("hi"))
					.collectList()
					.block(Duration.ofSeconds(30));
				LlmEvent.Completed completed = (LlmEvent.Completed) events.get(events.size() - 1);
				assertThat(completed.response().text()).isEqualTo("one two");
				assertThat(completed.response().provider()).isEqualTo("second");
				assertThat(completed.response().trail().attempts())
					.extracting((one) -> one.target().provider() + " " + one.cause() + " " + one.outcome())
					.containsExactly("first FIRST " + Attempt.Outcome.CANCELLED, "second HEDGE FAILED",
							"second RECOVERY COMPLETED");
				assertThat(this.vendors.first.getRequestCount()).isOne();
			});
	}

	/** Its first word had ended the wait for the primary, and nothing was passed on. */
	@Test
	void wholeAnswerOfAHedgeThatBreaksOffIsAskedOfTheOneThatWasSlow() {
		this.vendors.first.enqueue(Vendors.fails("silence"));
		this.vendors.first.enqueue(Vendors.says("slow", true));
		this.vendors.second.enqueue(new MockResponse.Builder().addHeader("content-type", "text/event-stream")
			.body("data: {\"id\":\"c\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"one \"}}]}\n\n")
			.build());
		this.vendors.runner()
			.withPropertyValues("arcllm.modules.fallback.enabled=true", "arcllm.modules.fallback.chain=second",
					"arcllm.modules.hedge.enabled=true", "arcllm.modules.hedge.after=10ms",
					"arcllm.modules.hedge.minimum-delay=0ms", "arcllm.modules.hedge.max-ratio=100%",
					"arcllm.modules.streams.upstream=always")
			.run((context) -> {
				LlmResponse answer = context.getBean(LlmProvider.class).invoke("hi");
				assertThat(answer.text()).isEqualTo("slow");
				assertThat(answer.trail().attempts())
					.extracting((one) -> one.target().provider() + " " + one.cause() + " " + one.outcome())
					.containsExactly("first FIRST CANCELLED", "second HEDGE FAILED", "first NEXT_TARGET COMPLETED");
			});
	}

	/** They would run twice, wherever they are asked for. */
	@ParameterizedTest
	@ValueSource(strings = { "arcllm.providers.first.options.web_search_options.search_context_size=low",
			"arcllm.providers.first.models[0].options.plugins=web" })
	void targetThatIsConfiguredWithToolsOfItsVendorIsNotHedged(String tools) {
		this.vendors.first
			.enqueue(Vendors.says("slow", true).newBuilder().headersDelay(300, TimeUnit.MILLISECONDS).build());
		this.vendors.runner()
			.withPropertyValues("arcllm.modules.fallback.enabled=true", "arcllm.modules.fallback.chain=second",
					"arcllm.modules.hedge.enabled=true", "arcllm.modules.hedge.after=10ms",
					"arcllm.modules.hedge.minimum-delay=0ms", "arcllm.modules.hedge.max-ratio=100%",
					"arcllm.modules.hedge.allow-tools=true", "arcllm.providers.first.models[0].name=m0")
			.withPropertyValues(tools)
			.run((context) -> {
				assertThat(Vendors.ask(context.getBean(LlmProvider.class), true).text()).isEqualTo("slow");
				assertThat(this.vendors.second.getRequestCount()).isZero();
			});
	}

	/** Another target may not take a beginning, and would begin anew in other words. */
	@ParameterizedTest
	@ValueSource(strings = { "replay", "continue" })
	void targetThatGoesOnIsNotHedged(String recovery) {
		this.vendors.first.enqueue(new MockResponse.Builder().addHeader("content-type", "text/event-stream")
			.body("data: {\"id\":\"c\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"one \"}}]}\n\n")
			.build());
		this.vendors.first.enqueue(Vendors.says(recovery.equals("continue") ? "two" : "one two", true)
			.newBuilder()
			.headersDelay(800, TimeUnit.MILLISECONDS)
			.build());
		this.vendors.second.enqueue(Vendors.says("Something else.", true));
		this.vendors.runner()
			.withPropertyValues("arcllm.modules.fallback.enabled=true", "arcllm.modules.fallback.chain=second",
					"arcllm.modules.hedge.enabled=true", "arcllm.modules.hedge.after=200ms",
					"arcllm.modules.hedge.minimum-delay=0ms", "arcllm.modules.hedge.max-ratio=100%",
					"arcllm.modules.streams.recovery=" + recovery, "arcllm.providers.first.accepts-prefix=true")
			.run((context) -> {
				LlmEvent last = context.getBean(LlmProvider.class)
					.stream(LlmRequest.of("hi"))
					.blockLast(Duration.ofSeconds(30));
				LlmResponse answer = ((LlmEvent.Completed) last).response();
				assertThat(answer.text()).isEqualTo("one two");
				assertThat(answer.trail().attempts())
					.extracting((one) -> one.target().provider() + " " + one.cause() + " " + one.outcome())
					.containsExactly("first FIRST FAILED", "first RECOVERY COMPLETED");
			});
	}

}
