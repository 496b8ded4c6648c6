package io.arcllm.module.fallback;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;

import io.arcllm.ErrorKind;
import io.arcllm.LlmEvent;
import io.arcllm.LlmException;
import io.arcllm.LlmProvider;
import io.arcllm.LlmRequest;
import io.arcllm.Target;
import io.arcllm.TimeoutStage;
import io.arcllm.module.Call;
import io.arcllm.module.Candidate;
import io.arcllm.module.Outcome;
import io.arcllm.module.Rejection;
import io.arcllm.module.Script;
import io.arcllm.module.Selection;
import io.arcllm.module.TestSettings;
import io.arcllm.module.VirtualTime;
import io.arcllm.module.attempt.ContractModule;
import io.arcllm.module.retry.RetryBudget;
import io.arcllm.module.retry.RetryEngine;
import io.arcllm.module.retry.RetryModule;
import io.arcllm.module.retry.RetrySettings;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Schedulers;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Chains whose targets fail at random in every way, retried around and inside the chain:
 * what is asked again, when, and what comes out, by the table of errors.
 */
class RandomRoundsTests {

	private static final int CALLS = 500;

	private static final int MOST = 8;

	private static final List<ErrorKind> KINDS = List.of(ErrorKind.RATE_LIMITED, ErrorKind.OVERLOADED,
			ErrorKind.SERVER_ERROR, ErrorKind.NETWORK, ErrorKind.TIMEOUT, ErrorKind.TIMEOUT, ErrorKind.PROTOCOL,
			ErrorKind.QUOTA_EXHAUSTED, ErrorKind.AUTHENTICATION, ErrorKind.PERMISSION, ErrorKind.MODEL_NOT_FOUND,
			ErrorKind.CONTEXT_WINDOW, ErrorKind.CONTENT_POLICY, ErrorKind.UNSUPPORTED, ErrorKind.INVALID_REQUEST);

	private static final Set<ErrorKind> ON = EnumSet.of(ErrorKind.RATE_LIMITED, ErrorKind.OVERLOADED,
			ErrorKind.SERVER_ERROR, ErrorKind.NETWORK, ErrorKind.TIMEOUT, ErrorKind.PROTOCOL, ErrorKind.QUOTA_EXHAUSTED,
			ErrorKind.AUTHENTICATION, ErrorKind.PERMISSION, ErrorKind.MODEL_NOT_FOUND, ErrorKind.CONTEXT_WINDOW,
			ErrorKind.UNSUPPORTED);

	@RegisterExtension
	final VirtualTime time = new VirtualTime();

	private final Random random = new Random(11);

	/** The targets whose breakers are open for the whole call. */
	private final Set<Integer> closed = new HashSet<>();

	/** In the order in which they were made. */
	private final List<Made> made = new ArrayList<>();

	/**
	 * A request.
	 *
	 * @param target its number in the chain
	 * @param at the time, in milliseconds
	 * @param failure how it failed, or {@code null}
	 */
	private record Made(int target, long at, LlmException failure) {

		@Override
		public String toString() {
			return this.target + "@" + this.at + " "
					+ ((this.failure == null) ? "answers"
							: this.failure.kind() + ((this.failure.stage() == null) ? "" : " " + this.failure.stage())
									+ ((this.failure.retryAfter() == null) ? "" : " " + this.failure.retryAfter()));
		}

	}

	@ParameterizedTest(name = "retry around the chain: {0}")
	@ValueSource(booleans = { true, false })
	void nothingIsAskedAgainThatWouldFailInTheSameWay(boolean around) {
		for (int i = 0; i < CALLS; i++) {
			this.made.clear();
			int size = 1 + this.random.nextInt(3);
			this.closed.clear();
			for (int target = 0; target < size; target++) {
				if (this.random.nextInt(5) == 0) {
					this.closed.add(target);
				}
			}
			Call call = new Call(Duration.ofMinutes(30), MOST);
			Outcome outcome = Outcome.of(stack(size, around).exchange(LlmRequest.of("hi")), call);
			this.time.passes(Duration.ofMinutes(31));
			check(size, around, outcome);
			assertThat(call.trail().requests()).isEqualTo(this.made.size());
		}
	}

	private void check(int size, boolean around, Outcome outcome) {
		String told = this.made + " -> " + outcome.kind();
		assertThat(outcome.isOpen()).as(told).isFalse();
		if (this.closed.size() == size) {
			assertThat(this.made).as(told).isEmpty();
			assertThat(outcome.kind()).as(told).isEqualTo(ErrorKind.CIRCUIT_OPEN);
			return;
		}
		assertThat(this.made).as(told).hasSizeBetween(1, MOST);
		for (int i = 0; i < this.made.size(); i++) {
			Made one = this.made.get(i);
			Made before = last(one.target(), i);
			if (before != null) {
				LlmException failure = before.failure();
				assertThat(failure).as(i + " " + told).isNotNull();
				assertThat(failure.kind().isRetryable()).as(i + " " + told).isTrue();
				assertThat(one.at() - before.at()).as(i + " " + told)
					.isGreaterThanOrEqualTo((failure.retryAfter() == null) ? 0 : failure.retryAfter().toMillis());
				assertThat(failure.isSilence() && isAnotherLeft(one, i, size, around)).as(i + " " + told).isFalse();
			}
			if (one.target() == this.made.get(0).target() && one.failure() != null
					&& (one.failure().kind() == ErrorKind.INVALID_REQUEST
							|| one.failure().kind() == ErrorKind.CONTENT_POLICY)) {
				assertThat(this.made).as(told).hasSize(i + 1);
			}
		}
		comesOut(outcome, told);
	}

	private void comesOut(Outcome outcome, String told) {
		Made end = this.made.get(this.made.size() - 1);
		if (end.failure() == null) {
			assertThat(outcome.answer()).as(told).isNotNull();
			return;
		}
		List<LlmException> lasts = new ArrayList<>();
		for (int target = 0; target < 3; target++) {
			Made last = last(target, this.made.size());
			if (last != null) {
				lasts.add(last.failure());
			}
		}
		// the primary was asked, so its error comes out, or that of the first of those
		// that refuse
		assertThat(outcome.kind()).as(told).isEqualTo(lasts.get(0).kind());
		if (lasts.stream().allMatch((one) -> one.kind().refusesRequest())) {
			assertThat(outcome.failure().retryAfter()).as(told).isNull();
		}
	}

	/** Whether another target could have been asked instead of a silent one. */
	private boolean isAnotherLeft(Made silent, int at, int size, boolean around) {
		for (int other = 0; other < size; other++) {
			Made last = (other == silent.target()) ? null : last(other, at);
			if (other == silent.target() || this.closed.contains(other)) {
				continue;
			}
			if (last == null) {
				return true;
			}
			LlmException failure = last.failure();
			boolean paused = failure.retryAfter() != null && silent.at() - last.at() < failure.retryAfter().toMillis();
			if (around && failure.kind().isRetryable() && !failure.isSilence() && !paused && last.at() < silent.at()) {
				return true;
			}
		}
		return false;
	}

	private Made last(int target, int before) {
		for (int i = before - 1; i >= 0; i--) {
			if (this.made.get(i).target() == target) {
				return this.made.get(i);
			}
		}
		return null;
	}

	private LlmProvider stack(int size, boolean around) {
		List<Candidate> candidates = new ArrayList<>();
		for (int target = 0; target < size; target++) {
			Script name = new Script(String.valueOf((char) ('a' + target)));
			LlmProvider guarded = new ContractModule(vendor(target, name.target()), name.target());
			candidates.add(gated(name.candidate(around ? guarded : retry(guarded)), this.closed.contains(target)));
		}
		FallbackSettings settings = TestSettings.of(FallbackSettings.class, "on", ON);
		LlmProvider chain = new FallbackModule(new Chain(candidates, List.of(), List.of()), settings,
				Selection.ORDERED);
		return around ? retry(chain) : chain;
	}

	private static Candidate gated(Candidate open, boolean closed) {
		return new Candidate() {

			@Override
			public Target target() {
				return open.target();
			}

			@Override
			public LlmProvider provider() {
				return open.provider();
			}

			@Override
			public Rejection rejection(LlmRequest request) {
				return closed ? new Rejection(ErrorKind.CIRCUIT_OPEN, "its breaker is open", Duration.ofHours(1))
						: null;
			}

		};
	}

	private LlmProvider vendor(int number, Target target) {
		return (request) -> Flux.defer(() -> {
			LlmException failure = (this.random.nextInt(6) == 0) ? null : failure(target);
			this.made.add(new Made(number, Schedulers.parallel().now(TimeUnit.MILLISECONDS), failure));
			return (failure == null) ? Flux.<LlmEvent>just(Script.completed("hi")) : Flux.error(failure);
		});
	}

	private LlmException failure(Target target) {
		ErrorKind kind = KINDS.get(this.random.nextInt(KINDS.size()));
		boolean waits = this.random.nextInt(2) == 0
				&& Set.of(ErrorKind.RATE_LIMITED, ErrorKind.OVERLOADED, ErrorKind.SERVER_ERROR).contains(kind);
		return LlmException.of(kind, "It is " + kind)
			.target(target)
			.stage((kind != ErrorKind.TIMEOUT) ? null
					: this.random.nextBoolean() ? TimeoutStage.FIRST_TOKEN : TimeoutStage.CONNECT)
			.retryAfter(waits ? Duration.ofSeconds(1 + this.random.nextInt(90)) : null)
			.build();
	}

	private static LlmProvider retry(LlmProvider inner) {
		RetrySettings settings = TestSettings.of(
				RetrySettings.class, "strategy", RetrySettings.Strategy.FIXED, "jitter", false,
				"retryable-status-codes", Set.of(), "on", Set.of(ErrorKind.RATE_LIMITED, ErrorKind.OVERLOADED,
						ErrorKind.SERVER_ERROR, ErrorKind.NETWORK, ErrorKind.TIMEOUT, ErrorKind.PROTOCOL),
				"budget.ratio", 1, "budget.min-per-second", 1_000_000);
		return new RetryModule(inner, new RetryEngine(settings, new RetryBudget(settings.budget(), System::nanoTime)));
	}

}
