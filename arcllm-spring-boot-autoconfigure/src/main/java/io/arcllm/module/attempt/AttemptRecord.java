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
import org.jspecify.annotations.Nullable;

/**
 * Collects what is known of one attempt: when and why it began, and what was delivered of
 * its answer. It is written into the trail when the attempt ends.
 * <p>
 * Invariants: written by the thread that passes an event on, and read by the thread that
 * ended the attempt; {@link AttemptGuard} allows one at a time. Exactly one of the
 * methods that write into the trail is called, once.
 */
final class AttemptRecord {

	private final AttemptListener listener;

	private final AttemptCost cost;

	private final long startedAfter;

	private final Duration waited;

	private List<LlmEvent> delivered = List.of();

	private @Nullable Duration firstToken;

	/**
	 * @param listener has the attempt, and what has come of its answer
	 * @param startedAfter the start of the attempt, in nanoseconds after the start of the
	 * call
	 * @param cost computes the cost
	 */
	AttemptRecord(AttemptListener listener, long startedAfter, AttemptCost cost) {
		this.listener = listener;
		this.cost = cost;
		this.startedAfter = startedAfter;
		this.waited = listener.call().takeWaited();
	}

	/** The start of the attempt, in nanoseconds after the start of the call. */
	long startedAfter() {
		return this.startedAfter;
	}

	/** An event is about to be passed on. */
	void delivering(LlmEvent event) {
		if (event.isContent()) {
			if (this.delivered.isEmpty()) {
				this.delivered = new ArrayList<>();
				this.firstToken = sinceStart();
				this.listener.call().speaks(this.listener.target());
			}
			this.delivered.add(event);
		}
		else if (event instanceof LlmEvent.Restarted) {
			this.delivered = List.of();
		}
	}

	/**
	 * The whole answer came.
	 * @return the answer with the target that answered
	 */
	LlmResponse completed(LlmResponse answer) {
		LlmResponse signed = answer.withTarget(signature(answer));
		note(ended(Attempt.Outcome.COMPLETED).requestId(signed.requestId())
			.usage(signed.usage())
			.cost(this.cost.of(answer, signed.target())));
		// the call's head says what the whole call cost
		return signed.withCost(null);
	}

	/** The target that was asked, with the model that answered. */
	private Target signature(LlmResponse answer) {
		Target target = this.listener.target();
		String model = answer.model();
		if (model == null || model.equals(target.model())) {
			return target;
		}
		return answer.provider().equals(target.provider()) ? answer.target() : new Target(target.provider(), model);
	}

	/**
	 * The attempt failed, or nothing was sent.
	 * @return the failure with the partial answer
	 */
	LlmException failed(LlmException failure) {
		Usage usage = Failures.usage(failure, this.listener.answer().used());
		LlmException told = this.delivered.isEmpty() ? Failures.undelivered(failure, this.listener.target())
				: Failures.after(this.delivered, failure, this.listener.target(), usage);
		if (this.listener.isRefused() || failure.kind() == ErrorKind.BULKHEAD_FULL) {
			this.listener.call().giveBackAttempt();
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

	/** The subscriber cancelled. */
	void cancelled() {
		Usage used = this.listener.answer().used();
		note(ended(Attempt.Outcome.CANCELLED).usage(used).cost(cost(used, true)));
	}

	/** The subscriber has requested nothing for too long. */
	void unread(LlmException failure) {
		note(ended(Attempt.Outcome.CANCELLED).failure(failure).usage(this.listener.answer().used()));
	}

	/**
	 * @param likely whether the vendor may have begun to answer
	 */
	private @Nullable Cost cost(Usage used, boolean likely) {
		return this.cost.of(this.delivered, used, !this.delivered.isEmpty() || (likely && this.listener.isAnswering()));
	}

	private Attempt.Builder ended(Attempt.Outcome outcome) {
		return Attempt.of(this.listener.target(), outcome)
			.startedAfter(Duration.ofNanos(this.startedAfter))
			.startedAt(this.listener.call().instant(this.startedAfter))
			.waited(this.waited)
			.took(this.firstToken, sinceStart())
			.cause(this.listener.scope().cause())
			.leftOut(this.listener.leftOut());
	}

	private void note(Attempt.Builder ended) {
		Attempt attempt = ended.build();
		this.listener.call().ended(attempt);
		this.listener.told(attempt);
	}

	private Duration sinceStart() {
		return Duration.ofNanos(this.listener.call().elapsedNanos() - this.startedAfter);
	}

}
