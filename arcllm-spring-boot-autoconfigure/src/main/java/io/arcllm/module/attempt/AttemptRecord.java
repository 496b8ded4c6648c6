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
 * What is known of one attempt while it is made: when it began, why, and what was
 * delivered of its answer; written into the trail when it ends.
 * <p>
 * Invariants: written by the thread that passes an event on, and read by the one that
 * ended the attempt, which {@link AttemptGuard} lets be one at a time; one of the methods
 * that write into the trail is called, once.
 */
final class AttemptRecord {

	private final AttemptListener listener;

	private final AttemptCost cost;

	private final long startedAfter;

	private final Duration waited;

	private List<LlmEvent> delivered = List.of();

	private @Nullable Duration firstToken;

	/**
	 * @param listener knows the attempt, and what the vendor has said
	 * @param startedAfter so many nanoseconds after the start of the call
	 * @param cost counts what it costs
	 */
	AttemptRecord(AttemptListener listener, long startedAfter, AttemptCost cost) {
		this.listener = listener;
		this.cost = cost;
		this.startedAfter = startedAfter;
		this.waited = listener.call().takeWaited();
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
	 * @return the answer with the target and model that gave it
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
	 * @return the failure with what was delivered before it
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
