package io.arcllm.module.fallback;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

import io.arcllm.Attempt;
import io.arcllm.Attempt.Cause;
import io.arcllm.ErrorKind;
import io.arcllm.LlmProvider;
import io.arcllm.LlmRequest;
import io.arcllm.WholeAndStreamed;
import io.arcllm.module.Call;
import io.arcllm.module.Candidate;
import io.arcllm.module.Outcome;
import io.arcllm.module.fallback.recovery.Recovery;
import io.arcllm.module.Script;
import io.arcllm.module.Selection;
import io.arcllm.module.TestSettings;
import io.arcllm.module.VirtualTime;
import io.arcllm.module.fallback.recovery.RecoveryPlan;
import io.arcllm.module.keys.KeyRotationModule;
import io.arcllm.module.retry.RetryBudget;
import io.arcllm.module.retry.RetryEngine;
import io.arcllm.module.retry.RetryModule;
import io.arcllm.module.retry.RetrySettings;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;

class AttemptCauseTests {

	@RegisterExtension
	final VirtualTime time = new VirtualTime();

	private Call call = new Call(Duration.ofMinutes(10), 10);

	@BeforeEach
	void callBegins() {
		this.call = new Call(Duration.ofMinutes(10), 10);
	}

	private static LlmProvider chain(Recovery recovery, Candidate... candidates) {
		FallbackSettings settings = TestSettings.of(FallbackSettings.class, "on",
				Set.of(ErrorKind.OVERLOADED, ErrorKind.NETWORK));
		return new FallbackModule(new Chain(List.of(candidates), List.of(), List.of()), settings, Selection.ORDERED,
				new RecoveryPlan(recovery, (target) -> false, () -> true));
	}

	private static LlmProvider retry(LlmProvider inner) {
		RetrySettings settings = TestSettings.of(RetrySettings.class, "max-retries", 1, "strategy",
				RetrySettings.Strategy.FIXED, "jitter", false, "retryable-status-codes", Set.of(), "on",
				Set.of(ErrorKind.OVERLOADED), "budget.ratio", 1, "budget.min-per-second", 1000);
		return new RetryModule(inner, new RetryEngine(settings, new RetryBudget(settings.budget(), System::nanoTime)));
	}

	private Stream<Cause> causes(LlmProvider stack, boolean streaming) {
		Outcome.of(stack.exchange(LlmRequest.of("hi").withStreaming(streaming)), this.call);
		this.time.passes(Duration.ofMinutes(1));
		return this.call.trail().attempts().stream().map(Attempt::cause);
	}

	@WholeAndStreamed
	void retryOfAChainBeginsAgainAndGoesOn(boolean streaming) {
		LlmProvider stack = retry(chain(Recovery.FAIL, new Script("a", Script.fails(ErrorKind.OVERLOADED)).candidate(),
				new Script("b", Script.fails(ErrorKind.OVERLOADED), Script.says("hi")).candidate()));
		assertThat(causes(stack, streaming)).containsExactly(Cause.FIRST, Cause.NEXT_TARGET, Cause.RETRY,
				Cause.NEXT_TARGET);
	}

	@WholeAndStreamed
	void retryInsideAChainAsksEachAgain(boolean streaming) {
		Script first = new Script("a", Script.fails(ErrorKind.OVERLOADED));
		Script second = new Script("b", Script.fails(ErrorKind.OVERLOADED), Script.says("hi"));
		LlmProvider stack = chain(Recovery.FAIL, first.candidate(retry(first.guarded())),
				second.candidate(retry(second.guarded())));
		assertThat(causes(stack, streaming)).containsExactly(Cause.FIRST, Cause.RETRY, Cause.NEXT_TARGET, Cause.RETRY);
	}

	@WholeAndStreamed
	void trailSaysWhyATargetWasNotAskedAgainAndWhyTheNextOneWas(boolean streaming) {
		FallbackSettings settings = TestSettings.of(FallbackSettings.class);
		LlmProvider stack = retry(new FallbackModule(new Chain(
				List.of(new Script("a", Script.fails(ErrorKind.AUTHENTICATION)).candidate(),
						new Script("b", Script.fails(ErrorKind.OVERLOADED), Script.says("hi")).candidate()),
				List.of(), List.of()), settings, Selection.ORDERED, RecoveryPlan.NONE));
		assertThat(causes(stack, streaming)).containsExactly(Cause.FIRST, Cause.NEXT_TARGET, Cause.RETRY,
				Cause.NEXT_TARGET);
		List<Attempt> attempts = this.call.trail().attempts();
		assertThat(attempts).extracting(Attempt::error)
			.containsExactly(ErrorKind.AUTHENTICATION, ErrorKind.OVERLOADED, ErrorKind.AUTHENTICATION, null);
		assertThat(attempts.get(2).outcome()).isEqualTo(Attempt.Outcome.SKIPPED);
		assertThat(attempts.get(2).reason()).startsWith("not asked again in this call: It is AUTHENTICATION");
		assertThat(attempts.get(3).target().provider()).isEqualTo("b");
	}

	@WholeAndStreamed
	void anotherKeyIsSaid(boolean streaming) {
		Script script = new Script("a", Script.fails(ErrorKind.AUTHENTICATION), Script.says("hi"));
		assertThat(causes(new KeyRotationModule(script.guarded(), (failure) -> true), streaming))
			.containsExactly(Cause.FIRST, Cause.OTHER_KEY);
	}

	@Test
	void brokenStreamIsRecovered() {
		LlmProvider stack = chain(Recovery.REPLAY, new Script("a", Script.breaksAfter("h")).candidate(),
				new Script("b", Script.says("hi")).candidate());
		assertThat(causes(stack, true).toList()).startsWith(Cause.FIRST).endsWith(Cause.RECOVERY);
	}

	@WholeAndStreamed
	void attemptSaysWhenItBegan(boolean streaming) {
		causes(retry(new Script("a", Script.fails(ErrorKind.OVERLOADED), Script.says("hi")).guarded()), streaming)
			.toList();
		List<Attempt> attempts = this.call.trail().attempts();
		assertThat(Duration.between(attempts.get(0).startedAt(), attempts.get(1).startedAt()))
			.isEqualTo(Duration.ofSeconds(1));
	}

}
