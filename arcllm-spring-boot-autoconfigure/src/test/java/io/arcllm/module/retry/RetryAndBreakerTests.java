package io.arcllm.module.retry;

import java.time.Duration;
import java.util.List;
import java.util.Set;

import io.arcllm.Attempt;
import io.arcllm.ErrorKind;
import io.arcllm.LlmEvent;
import io.arcllm.LlmException;
import io.arcllm.LlmProvider;
import io.arcllm.LlmRequest;
import io.arcllm.Target;
import io.arcllm.WholeAndStreamed;
import io.arcllm.module.Call;
import io.arcllm.module.Candidate;
import io.arcllm.module.Outcome;
import io.arcllm.module.Script;
import io.arcllm.module.Selection;
import io.arcllm.module.TestSettings;
import io.arcllm.module.VirtualTime;
import io.arcllm.module.circuitbreaker.Breaker;
import io.arcllm.module.circuitbreaker.BreakerState;
import io.arcllm.module.circuitbreaker.CircuitBreakerModule;
import io.arcllm.module.circuitbreaker.CircuitBreakerSettings;
import io.arcllm.module.fallback.Chain;
import io.arcllm.module.fallback.FallbackModule;
import io.arcllm.module.fallback.FallbackSettings;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;
import reactor.core.publisher.Flux;

import static org.assertj.core.api.Assertions.assertThat;

class RetryAndBreakerTests {

	@RegisterExtension
	final VirtualTime time = new VirtualTime();

	private Call call = new Call(Duration.ofMinutes(10), 10);

	@BeforeEach
	void callBegins() {
		this.call = new Call(Duration.ofMinutes(10), 10);
	}

	private static Breaker breaker(Script script, Duration openFor) {
		return new Breaker(script.target(),
				TestSettings.of(CircuitBreakerSettings.class, "minimum-calls", 20, "failure-rate", "100%",
						"consecutive-failures", 2, "open-for", openFor, "half-open-calls", 1, "endpoint", false));
	}

	private static LlmProvider retry(LlmProvider inner) {
		return retry(inner, Duration.ofSeconds(60));
	}

	private static LlmProvider retry(LlmProvider inner, Duration maxWaitWithOthers) {
		RetrySettings settings = TestSettings.of(RetrySettings.class, "max-retries", 5, "strategy",
				RetrySettings.Strategy.FIXED, "backoff-base", "10s", "jitter", false, "retryable-status-codes",
				Set.of(500), "on", Set.of(ErrorKind.SERVER_ERROR, ErrorKind.NETWORK), "budget.ratio", 1,
				"budget.min-per-second", 1000, "max-wait-with-others", maxWaitWithOthers);
		return new RetryModule(inner, new RetryEngine(settings, new RetryBudget(settings.budget(), System::nanoTime)));
	}

	private static LlmProvider chain(Candidate... candidates) {
		FallbackSettings settings = TestSettings.of(FallbackSettings.class, "on",
				Set.of(ErrorKind.SERVER_ERROR, ErrorKind.CIRCUIT_OPEN));
		return new FallbackModule(new Chain(List.of(candidates), List.of(), List.of()), settings, Selection.ORDERED);
	}

	private Outcome begin(LlmProvider stack, boolean streaming) {
		return Outcome.of(stack.exchange(LlmRequest.of("hi").withStreaming(streaming)), this.call);
	}

	private static Script failing(String name) {
		return new Script(name, Flux
			.error(() -> LlmException.of(ErrorKind.SERVER_ERROR, "It is 500").target(new Target(name, "m")).build()));
	}

	@WholeAndStreamed
	void nothingWaitsForABreakerThatHasOpened(boolean streaming) {
		Script script = failing("a");
		Breaker breaker = breaker(script, Duration.ofSeconds(60));
		Outcome outcome = begin(retry(new CircuitBreakerModule(script.guarded(), breaker)), streaming);
		this.time.seconds(10);
		assertThat(script.asked()).isEqualTo(2);
		assertThat(outcome.failure().kind()).isEqualTo(ErrorKind.SERVER_ERROR);
		assertThat(outcome.failure().others()).extracting(LlmException::kind).containsExactly(ErrorKind.CIRCUIT_OPEN);
		assertThat(this.call.trail().attempts()).extracting(Attempt::outcome)
			.containsExactly(Attempt.Outcome.FAILED, Attempt.Outcome.FAILED, Attempt.Outcome.SKIPPED);
	}

	@WholeAndStreamed
	void breakerThatAdmitsAgainWithinTheWaitIsProbed(boolean streaming) {
		Script script = failing("a");
		Breaker breaker = breaker(script, Duration.ofSeconds(5));
		begin(retry(new CircuitBreakerModule(script.guarded(), breaker)), streaming);
		this.time.seconds(21);
		assertThat(script.asked()).isEqualTo(3);
	}

	@WholeAndStreamed
	void breakerThatOpensDuringTheWaitHidesNothing(boolean streaming) {
		Script script = failing("a");
		Breaker breaker = breaker(script, Duration.ofSeconds(60));
		Outcome outcome = begin(retry(new CircuitBreakerModule(script.guarded(), breaker)), streaming);
		breaker.force(BreakerState.FORCED_OPEN);
		this.time.seconds(10);
		assertThat(script.asked()).isEqualTo(1);
		assertThat(outcome.failure().kind()).isEqualTo(ErrorKind.SERVER_ERROR);
		assertThat(outcome.failure().others()).extracting(LlmException::kind).containsExactly(ErrorKind.CIRCUIT_OPEN);
	}

	@WholeAndStreamed
	void chainWhoseBreakersAreAllOpenIsNotWaitedFor(boolean streaming) {
		Script first = failing("a");
		Script second = failing("b");
		LlmProvider chain = chain(
				first.candidate(new CircuitBreakerModule(first.guarded(), breaker(first, Duration.ofSeconds(60)))),
				second.candidate(new CircuitBreakerModule(second.guarded(), breaker(second, Duration.ofSeconds(60)))));
		Outcome outcome = begin(retry(chain), streaming);
		this.time.seconds(10);
		assertThat(outcome.isOpen()).isFalse();
		assertThat(outcome.failure().kind()).isEqualTo(ErrorKind.SERVER_ERROR);
		assertThat(second.asked()).isEqualTo(2);
	}

	@WholeAndStreamed
	void longWaitIsNotWaitedWhereAnotherTargetIsReady(boolean streaming) {
		Script first = new Script("a", Script.fails(ErrorKind.SERVER_ERROR, 500, Duration.ofSeconds(3)));
		Script second = new Script("b", Script.says("hi"));
		Candidate one = first.candidate(retry(first.guarded(), Duration.ofSeconds(2)));
		Outcome outcome = begin(chain(one, second.candidate()), streaming);
		assertThat(outcome.answer().text()).isEqualTo("hi");
		assertThat(first.asked()).isEqualTo(1);
	}

	@WholeAndStreamed
	void longWaitIsWaitedWhereNoOtherIsLeft(boolean streaming) {
		Script first = new Script("a", Script.fails(ErrorKind.SERVER_ERROR, 500, Duration.ofSeconds(3)),
				Script.says("hi"));
		Outcome outcome = begin(chain(first.candidate(retry(first.guarded(), Duration.ofSeconds(2)))), streaming);
		this.time.seconds(4);
		assertThat(outcome.answer().text()).isEqualTo("hi");
	}

	/** The chain does not fail over after such an error ({@code fallback.on}). */
	@WholeAndStreamed
	void longWaitIsWaitedWhereTheOtherWouldNotBeAsked(boolean streaming) {
		Script first = new Script("a", Script.fails(ErrorKind.NETWORK), Script.says("hi"));
		Script second = new Script("b", Script.says("never"));
		Candidate one = first.candidate(retry(first.guarded(), Duration.ofSeconds(2)));
		Outcome outcome = begin(chain(one, second.candidate()), streaming);
		this.time.seconds(11);
		assertThat(outcome.answer().text()).isEqualTo("hi");
		assertThat(second.asked()).isZero();
	}

	@WholeAndStreamed
	void staleConnectionIsReplacedAtOnceButOnlyOnce(boolean streaming) {
		Flux<LlmEvent> stale = Flux
			.error(() -> LlmException.of(ErrorKind.NETWORK, "closed").staleConnection(true).build());
		Script script = new Script("a", stale, stale, Script.says("hi"));
		Breaker breaker = breaker(script, Duration.ofSeconds(60));
		Outcome outcome = begin(retry(new CircuitBreakerModule(script.guarded(), breaker)), streaming);
		this.time.passes(Duration.ofMillis(1));
		assertThat(script.asked()).isEqualTo(2);
		this.time.seconds(10);
		assertThat(outcome.answer().text()).isEqualTo("hi");
		assertThat(breaker.status().state()).isEqualTo(BreakerState.CLOSED);
	}

}
