package io.arcllm.module.attempt;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import io.arcllm.Attempt;
import io.arcllm.CallOptions;
import io.arcllm.Cost;
import io.arcllm.ErrorKind;
import io.arcllm.LlmEvent;
import io.arcllm.LlmException;
import io.arcllm.LlmProvider;
import io.arcllm.LlmRequest;
import io.arcllm.LlmResponse;
import io.arcllm.Message;
import io.arcllm.Target;
import io.arcllm.Usage;
import io.arcllm.WholeAndStreamed;
import io.arcllm.WireListener;
import io.arcllm.module.CallListener;
import io.arcllm.module.CallModule;
import io.arcllm.module.Outcome;
import io.arcllm.module.Pricing;
import io.arcllm.module.TokenCount;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Flux;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What attempts cost, however they end: a token of the question costs 1, one of the
 * answer 1000.
 */
class AttemptCostTests {

	private static final String PROMPT = "What do you know about the price of tokens, and why is it like that?";

	private static final int INPUT = TokenCount.tokens(LlmRequest.of(PROMPT));

	private static final String WORDS = "So many words, all of which were delivered before it broke.";

	private static final int OUTPUT = TokenCount.tokens(LlmRequest.of(List.of(Message.assistant(WORDS))));

	private final List<Attempt> attempts = new CopyOnWriteArrayList<>();

	private Outcome ask(Flux<LlmEvent> answer, boolean streamed) {
		Pricing prices = (target, usage) -> new Cost(
				BigDecimal.valueOf(number(usage.inputTokens()) + 1000L * number(usage.outputTokens())), "USD");
		CallListener listener = (attempt, before) -> this.attempts.add(attempt);
		LlmProvider stack = new CallModule(new CallModule.Limits(Duration.ofMinutes(1), 10, listener), CallOptions.NONE,
				(options) -> new ContractModule((request) -> answer, new Target("test", "m"), prices));
		return Outcome.of(stack.exchange(LlmRequest.of(PROMPT).withStreaming(streamed)));
	}

	private static int number(Integer tokens) {
		return (tokens == null) ? 0 : tokens;
	}

	private long cost() {
		assertThat(this.attempts).hasSize(1);
		return this.attempts.get(0).cost().amount().longValueExact();
	}

	private static Flux<LlmEvent> breaks(LlmException failure) {
		return Flux.concat(Flux.just(new LlmEvent.TextDelta(WORDS)), Flux.error(failure));
	}

	private static Flux<LlmEvent> answers(Usage usage) {
		return Flux.just(new LlmEvent.Completed(LlmResponse.of("x").withText(WORDS, usage)));
	}

	@WholeAndStreamed
	void wholeAnswerCostsWhatTheVendorTold(boolean streamed) {
		Outcome outcome = ask(answers(Usage.of(7, 3)), streamed);
		assertThat(cost()).isEqualTo(3007);
		assertThat(outcome.answer().cost()).isEqualTo(this.attempts.get(0).cost());
	}

	@WholeAndStreamed
	void wholeAnswerWithoutTokensCostsTheEstimate(boolean streamed) {
		ask(answers(Usage.UNKNOWN), streamed);
		assertThat(cost()).isEqualTo(INPUT + 1000L * OUTPUT);
	}

	@WholeAndStreamed
	void brokenAnswerCostsTheQuestionAndTheWordsDelivered(boolean streamed) {
		ask(breaks(LlmException.of(ErrorKind.NETWORK, "reset").build()), streamed);
		assertThat(cost()).isEqualTo(INPUT + 1000L * OUTPUT);
	}

	@Test
	void brokenAnswerCostsItsWordsAlsoWhereTheVendorHadToldOfFewer() {
		ask(Flux.deferContextual((context) -> {
			WireListener.of(context).answering(told(Usage.of(100, 1)));
			return breaks(LlmException.of(ErrorKind.NETWORK, "reset").build());
		}), true);
		assertThat(cost()).isEqualTo(100 + 1000L * OUTPUT);
	}

	@Test
	void cancelledAnswerCostsWhatWasDelivered() {
		ask(Flux.concat(Flux.just(new LlmEvent.TextDelta(WORDS)), Flux.never()), true).cancel();
		assertThat(this.attempts).extracting(Attempt::outcome).containsExactly(Attempt.Outcome.CANCELLED);
		assertThat(cost()).isEqualTo(INPUT + 1000L * OUTPUT);
	}

	@Test
	void cancelledQuestionWithoutAnAnswerCostsNothing() {
		ask(Flux.never(), true).cancel();
		assertThat(cost()).isZero();
	}

	@Test
	void answerThatBeganWithoutWordsCostsTheQuestion() {
		ask(Flux.deferContextual((context) -> {
			WireListener.of(context).answering(told(Usage.UNKNOWN));
			return Flux.error(LlmException.of(ErrorKind.NETWORK, "reset").build());
		}), false);
		assertThat(cost()).isEqualTo(INPUT);
	}

	@ParameterizedTest
	@EnumSource(names = { "RATE_LIMITED", "SERVER_ERROR", "NETWORK", "TIMEOUT", "AUTHENTICATION" })
	void errorBeforeAnyAnswerCostsNothing(ErrorKind kind) {
		ask(Flux.error(LlmException.of(kind, "no").build()), false);
		assertThat(cost()).isZero();
	}

	@Test
	void errorInsideAnAnswerThatSaidNothingCostsNothing() {
		ask(Flux.deferContextual((context) -> {
			WireListener.of(context).answering(told(Usage.UNKNOWN));
			return Flux.error(LlmException.of(ErrorKind.OVERLOADED, "busy").build());
		}), true);
		assertThat(cost()).isZero();
	}

	@Test
	void providerThatKnowsBetterIsBelieved() {
		Cost own = new Cost(new BigDecimal("0.25"), "USD");
		Outcome outcome = ask(Flux.just(new LlmEvent.Completed(LlmResponse.of("x").withCost(own))), false);
		assertThat(this.attempts.get(0).cost()).isEqualTo(own);
		assertThat(outcome.answer().cost()).isEqualTo(own);
	}

	@Test
	void requestThatWasNeverSentCostsNothing() {
		ask(Flux.deferContextual((context) -> {
			WireListener.of(context).refused();
			return Flux.error(LlmException.of(ErrorKind.INVALID_REQUEST, "no").build());
		}), false);
		assertThat(this.attempts.get(0).cost()).isNull();
	}

	private static WireListener.SoFar told(Usage usage) {
		return new WireListener.SoFar() {

			@Override
			public Usage used() {
				return usage;
			}

		};
	}

}
