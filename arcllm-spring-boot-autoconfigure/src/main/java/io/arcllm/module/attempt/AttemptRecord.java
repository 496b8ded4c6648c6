package io.arcllm.module.attempt;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import io.arcllm.Attempt;
import io.arcllm.Cost;
import io.arcllm.ErrorKind;
import io.arcllm.LlmEvent;
import io.arcllm.LlmException;
import io.arcllm.LlmResponse;
import io.arcllm.Target;
import io.arcllm.Usage;
import io.arcllm.module.Call;
import io.arcllm.module.Scope;
import org.jspecify.annotations.Nullable;

/**
 * What is known of one attempt while it is made: when it began, why, and what was
 * delivered of its answer; written into the trail when it ends.
 * <p>
 * Invariants: written by the thread that passes an event on, and read by the one that
 * ended the attempt, which {@link AttemptGuard} lets be one at a time; one of the methods
 * that write into the trail is called, once.
 */
final class AttemptRecord {

	private final Call call;

	private final Target target;

	private final AttemptListener listener;

	private final AttemptCost cost;

	private final Attempt.Cause cause;

	private final long startedAfter;

	private final Duration waited;

	private List<LlmEvent> delivered = List.of();

	private @Nullable Duration firstToken;

	/**
	 * @param scope of the attempt
	 * @param target the target that is asked
	 * @param listener knows what the vendor has said
	 * @param cost counts what it costs
	 */
	AttemptRecord(Scope scope, Target target, AttemptListener listener, AttemptCost cost) {
		this.call = scope.call();
		this.target = target;
		this.listener = listener;
		this.cost = cost;
		this.cause = scope.cause();
		this.startedAfter = this.call.elapsedNanos();
		this.waited = this.call.takeWaited();
	}

	/** So many nanoseconds after the start of the call. */
	long startedAfter() {
		return this.startedAfter;
	}

	/** An event is about to be passed on. */
	void delivering(LlmEvent event) {
		if (event.isContent()) {
			if (this.delivered.isEmpty()) {
				this.delivered = new ArrayList<>();
				this.firstToken = sinceStart();
			}
			this.delivered.add(event);
		}
		else if (event instanceof LlmEvent.Restarted) {
			this.delivered = List.of();
		}
	}

	/**
	 * The whole answer came.
	 * @return the answer with the target and model that gave it
	 */
	LlmResponse completed(LlmResponse answer) {
		String model = (answer.model() == null) ? this.target.model() : answer.model();
		LlmResponse signed = answer.withTarget(new Target(this.target.provider(), model));
		note(ended(Attempt.Outcome.COMPLETED).requestId(signed.requestId())
			.usage(signed.usage())
			.cost(this.cost.of(answer, signed.target())));
		// the call's head says what the whole call cost
		return signed.withCost(null);
	}

	/**
	 * The attempt failed, or nothing was sent.
	 * @return the failure with what was delivered before it
	 */
	LlmException failed(LlmException failure) {
		Usage usage = Failures.usage(failure, this.listener.answer().used());
		LlmException told = this.delivered.isEmpty() ? Failures.undelivered(failure, this.target)
				: Failures.after(this.delivered, failure, this.target, usage);
		if (this.listener.isRefused() || failure.kind() == ErrorKind.BULKHEAD_FULL) {
			this.call.giveBackAttempt();
			note(ended(Attempt.Outcome.SKIPPED).failure(failure));
		}
		else {
			note(ended(Attempt.Outcome.FAILED).failure(failure)
				.requestId(failure.requestId())
				.usage(usage)
				.cost(cost(usage, AttemptCost.began(failure))));
		}
		return told;
	}

	/** The subscriber went away. */
	void cancelled() {
		Usage used = this.listener.answer().used();
		note(ended(Attempt.Outcome.CANCELLED).usage(used).cost(cost(used, true)));
	}

	/** The subscriber has asked for nothing for too long. */
	void unread(LlmException failure) {
		note(ended(Attempt.Outcome.CANCELLED).failure(failure).usage(this.listener.answer().used()));
	}

	/**
	 * @param likely whether it had begun to answer if anything of an answer came
	 */
	private @Nullable Cost cost(Usage used, boolean likely) {
		return this.cost.of(this.delivered, used, !this.delivered.isEmpty() || (likely && this.listener.isAnswering()));
	}

	private Attempt.Builder ended(Attempt.Outcome outcome) {
		return Attempt.of(this.target, outcome)
			.startedAfter(Duration.ofNanos(this.startedAfter))
			.startedAt(this.call.instant(this.startedAfter))
			.waited(this.waited)
			.took(this.firstToken, sinceStart())
			.cause(this.cause)
			.leftOut(this.listener.leftOut());
	}

	private void note(Attempt.Builder ended) {
		Attempt attempt = ended.build();
		this.call.ended(attempt);
		this.listener.told(attempt);
	}

	private Duration sinceStart() {
		return Duration.ofNanos(this.call.elapsedNanos() - this.startedAfter);
	}

}
