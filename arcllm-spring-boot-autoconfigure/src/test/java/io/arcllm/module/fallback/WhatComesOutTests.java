package io.arcllm.module.fallback;

import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

import io.arcllm.ErrorKind;
import io.arcllm.LlmEvent;
import io.arcllm.LlmException;
import io.arcllm.LlmProvider;
import io.arcllm.LlmRequest;
import io.arcllm.LlmResponse;
import io.arcllm.Target;
import io.arcllm.TimeoutStage;
import io.arcllm.WholeAndStreamed;
import io.arcllm.module.Call;
import io.arcllm.module.Candidate;
import io.arcllm.module.Outcome;
import io.arcllm.module.Rejection;
import io.arcllm.module.Script;
import io.arcllm.module.Selection;
import io.arcllm.module.TestSettings;
import io.arcllm.module.VirtualTime;
import io.arcllm.module.retry.RetryBudget;
import io.arcllm.module.retry.RetryEngine;
import io.arcllm.module.retry.RetryModule;
import io.arcllm.module.retry.RetrySettings;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;
import reactor.core.publisher.Flux;

import static org.assertj.core.api.Assertions.assertThat;

class WhatComesOutTests {

	private static final Set<ErrorKind> ON = EnumSet.complementOf(EnumSet.of(ErrorKind.INVALID_REQUEST,
			ErrorKind.CONTENT_POLICY, ErrorKind.BUDGET_EXCEEDED, ErrorKind.DEADLINE_EXCEEDED, ErrorKind.CANCELLED));

	@RegisterExtension
	final VirtualTime time = new VirtualTime();

	private Call call = new Call(Duration.ofMinutes(10), 10);

	@BeforeEach
	void callBegins() {
		this.call = new Call(Duration.ofMinutes(10), 10);
	}

	private static LlmProvider chain(Candidate... candidates) {
		return chain(List.of(), candidates);
	}

	private static LlmProvider chain(List<Candidate> wider, Candidate... candidates) {
		FallbackSettings settings = TestSettings.of(FallbackSettings.class, "on", ON);
		return new FallbackModule(new Chain(List.of(candidates), wider, List.of()), settings, Selection.ORDERED);
	}

	private static LlmProvider retry(LlmProvider inner) {
		RetrySettings settings = TestSettings.of(RetrySettings.class, "strategy", RetrySettings.Strategy.FIXED,
				"jitter", false, "retryable-status-codes", Set.of(500, 529), "on",
				Set.of(ErrorKind.OVERLOADED, ErrorKind.TIMEOUT), "budget.ratio", 1, "budget.min-per-second", 1000);
		return new RetryModule(inner, new RetryEngine(settings, new RetryBudget(settings.budget(), System::nanoTime)));
	}

	private static Candidate fails(String name, ErrorKind kind) {
		return new Script(name, Script.fails(kind)).candidate();
	}

	/** A target that is passed over. */
	private static Candidate closed(String name, Rejection rejection) {
		Candidate candidate = new Script(name, Script.says("never")).candidate();
		return new Candidate() {

			@Override
			public Target target() {
				return candidate.target();
			}

			@Override
			public LlmProvider provider() {
				return candidate.provider();
			}

			@Override
			public Rejection rejection(LlmRequest request) {
				return rejection;
			}

		};
	}

	private static Candidate open(String name) {
		return closed(name, new Rejection(ErrorKind.CIRCUIT_OPEN, "its breaker is open", Duration.ofSeconds(30)));
	}

	private static Candidate tooSmall(String name) {
		return closed(name, new Rejection(ErrorKind.CONTEXT_WINDOW, "its window is too small", null));
	}

	private Outcome ask(LlmProvider stack, boolean streaming) {
		Outcome outcome = Outcome.of(stack.exchange(LlmRequest.of("hi").withStreaming(streaming)), this.call);
		this.time.passes(Duration.ofMinutes(9));
		return outcome;
	}

	@WholeAndStreamed
	void lastErrorIsThatOfATargetThatWasAsked(boolean streaming) {
		FallbackSettings settings = TestSettings.of(FallbackSettings.class, "on", ON, "on-exhausted",
				FallbackSettings.OnExhausted.LAST);
		LlmProvider stack = new FallbackModule(
				new Chain(List.of(fails("a", ErrorKind.SERVER_ERROR), fails("b", ErrorKind.OVERLOADED), open("c")),
						List.of(), List.of()),
				settings, Selection.ORDERED);
		LlmException failure = ask(stack, streaming).failure();
		assertThat(failure.kind()).isEqualTo(ErrorKind.OVERLOADED);
		assertThat(failure.others()).extracting(LlmException::kind)
			.containsExactly(ErrorKind.SERVER_ERROR, ErrorKind.CIRCUIT_OPEN);
	}

	/** The silent one is asked once more, since no other is left; the other is not. */
	@WholeAndStreamed
	void retryOfASilentTargetAsksNoneThatWouldFailInTheSameWay(boolean streaming) {
		for (ErrorKind lasting : List.of(ErrorKind.AUTHENTICATION, ErrorKind.QUOTA_EXHAUSTED, ErrorKind.MODEL_NOT_FOUND,
				ErrorKind.UNSUPPORTED)) {
			callBegins();
			Script first = new Script("a",
					Flux.error(() -> LlmException.of(ErrorKind.TIMEOUT, "silent")
						.target(new Target("a", "m"))
						.stage(TimeoutStage.FIRST_TOKEN)
						.build()),
					Script.fails(ErrorKind.OVERLOADED), Script.says("hi"));
			Script second = new Script("b", Script.fails(lasting));
			assertThat(ask(retry(chain(first.candidate(), second.candidate())), streaming).answer()).isNotNull();
			assertThat(second.asked()).isOne();
		}
	}

	/** The wait of the second one is not over when the silent one is asked once more. */
	@WholeAndStreamed
	void retryOfASilentTargetShortensNoWaitOfAnother(boolean streaming) {
		Script first = new Script("a",
				Flux.error(() -> LlmException.of(ErrorKind.TIMEOUT, "silent")
					.target(new Target("a", "m"))
					.stage(TimeoutStage.FIRST_TOKEN)
					.build()),
				Script.fails(ErrorKind.OVERLOADED), Script.says("hi"));
		Script second = new Script("b", Script.fails(ErrorKind.RATE_LIMITED, 429, Duration.ofMinutes(5)));
		assertThat(ask(retry(chain(first.candidate(), second.candidate())), streaming).answer()).isNotNull();
		assertThat(first.asked()).isEqualTo(3);
		assertThat(second.asked()).isOne();
	}

	@WholeAndStreamed
	void invalidRequestOfTheFirstTargetAskedEndsTheChain(boolean streaming) {
		for (Function<String, Candidate> before : List.<Function<String, Candidate>>of(WhatComesOutTests::open,
				WhatComesOutTests::tooSmall)) {
			callBegins();
			Script third = new Script("c", Script.says("never"));
			LlmException failure = ask(
					chain(before.apply("a"), fails("b", ErrorKind.INVALID_REQUEST), third.candidate()), streaming)
				.failure();
			assertThat(failure.kind()).isEqualTo(ErrorKind.INVALID_REQUEST);
			assertThat(third.asked()).isZero();
		}
	}

	@WholeAndStreamed
	void whatALaterTargetRefusesIsAskedOfTheNext(boolean streaming) {
		for (ErrorKind rejection : List.of(ErrorKind.INVALID_REQUEST, ErrorKind.UNSUPPORTED)) {
			callBegins();
			Script third = new Script("c", Script.says("hi"));
			Outcome outcome = ask(chain(fails("a", ErrorKind.OVERLOADED), fails("b", rejection), third.candidate()),
					streaming);
			assertThat(outcome.answer().text()).isEqualTo("hi");
		}
	}

	@WholeAndStreamed
	void unsupportedByTheFirstTargetIsAskedOfTheNext(boolean streaming) {
		Outcome outcome = ask(chain(fails("a", ErrorKind.UNSUPPORTED), new Script("b", Script.says("hi")).candidate()),
				streaming);
		assertThat(outcome.answer().text()).isEqualTo("hi");
	}

	@WholeAndStreamed
	void firstErrorOfATargetThatWasAskedComesOutWhereThePrimaryWasNot(boolean streaming) {
		LlmException failure = ask(
				chain(open("a"), fails("b", ErrorKind.SERVER_ERROR), fails("c", ErrorKind.AUTHENTICATION)), streaming)
			.failure();
		assertThat(failure.kind()).isEqualTo(ErrorKind.SERVER_ERROR);
		assertThat(failure.others()).extracting(LlmException::kind)
			.containsExactly(ErrorKind.CIRCUIT_OPEN, ErrorKind.AUTHENTICATION);
	}

	/**
	 * Such as a whole answer that was asked for as a stream: none of it was passed on.
	 */
	@WholeAndStreamed
	void answerThatBrokeOffUnreadDoesNotHideThePrimarysError(boolean streaming) {
		Flux<LlmEvent> brokenOff = Flux.error(() -> LlmException.of(ErrorKind.INTERRUPTED, "It broke off")
			.partial(LlmResponse.of("hi"))
			.retryable(true)
			.build());
		LlmException failure = ask(chain(fails("a", ErrorKind.OVERLOADED), new Script("b", brokenOff).candidate()),
				streaming)
			.failure();
		assertThat(failure.kind()).isEqualTo(ErrorKind.OVERLOADED);
		assertThat(failure.others()).extracting(LlmException::kind).containsExactly(ErrorKind.INTERRUPTED);
	}

	@WholeAndStreamed
	void refusalOfThePrimaryComesOutWhereNoTargetWasAsked(boolean streaming) {
		LlmException failure = ask(chain(open("a"), tooSmall("b")), streaming).failure();
		assertThat(failure.kind()).isEqualTo(ErrorKind.CIRCUIT_OPEN);
		assertThat(failure.retryAfter()).isEqualTo(Duration.ofSeconds(30));
	}

	@WholeAndStreamed
	void firstRefusalComesOutWithoutAWaitWhereAllRefuse(boolean streaming) {
		LlmException failure = ask(chain(open("a"), fails("b", ErrorKind.CONTEXT_WINDOW),
				fails("c", ErrorKind.UNSUPPORTED), fails("d", ErrorKind.INVALID_REQUEST)), streaming)
			.failure();
		assertThat(failure.kind()).isEqualTo(ErrorKind.CONTEXT_WINDOW);
		assertThat(failure.retryAfter()).isNull();
		assertThat(failure.others()).extracting(LlmException::kind)
			.containsExactly(ErrorKind.CIRCUIT_OPEN, ErrorKind.UNSUPPORTED, ErrorKind.INVALID_REQUEST);
	}

	@WholeAndStreamed
	void retryDoesNotAskATargetAgainThatRefused(boolean streaming) {
		for (ErrorKind rejection : List.of(ErrorKind.INVALID_REQUEST, ErrorKind.UNSUPPORTED)) {
			callBegins();
			Script first = new Script("a", Script.fails(ErrorKind.OVERLOADED));
			Script second = new Script("b", Script.fails(rejection));
			LlmException failure = ask(retry(chain(first.candidate(), second.candidate())), streaming).failure();
			assertThat(first.asked()).isEqualTo(4);
			assertThat(second.asked()).isEqualTo(1);
			assertThat(failure.kind()).isEqualTo(ErrorKind.OVERLOADED);
			assertThat(failure.others()).extracting(LlmException::kind).containsExactly(rejection);
			assertThat(this.call.trail().attempts()).extracting((one) -> one.reason())
				.anyMatch((reason) -> reason.startsWith("not asked again in this call: "));
		}
	}

	@WholeAndStreamed
	void requestTooLongForATargetThatIsPassedOverGoesToThoseForLongOnes(boolean streaming) {
		Script next = new Script("b", Script.says("next"));
		Script wide = new Script("w", Script.says("wide"));
		Outcome outcome = ask(chain(List.of(wide.candidate()), tooSmall("a"), next.candidate()), streaming);
		assertThat(outcome.answer().text()).isEqualTo("wide");
		assertThat(Stream.of(next, wide).map(Script::asked)).containsExactly(0, 1);
	}

}
