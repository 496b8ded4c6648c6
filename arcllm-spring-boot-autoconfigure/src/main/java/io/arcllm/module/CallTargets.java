package io.arcllm.module;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import io.arcllm.ErrorDetails;
import io.arcllm.LlmException;
import io.arcllm.Target;
import org.jspecify.annotations.Nullable;

/**
 * What one call has learnt of its targets: how each failed, which are paused, and which
 * gates stand before them. Safe for use by many threads.
 * <p>
 * Invariants, all under one lock: a target has at most one failure and one pause, the
 * last ones; a pause ends only when its time is over; {@code first} is the first target
 * that was asked and that no gate refused. Gates are asked outside the lock.
 */
public final class CallTargets {

	private final Call call;

	private Map<Target, Pause> pauses = Map.of();

	private Map<Target, LlmException> failures = Map.of();

	private Map<Target, Readiness> gates = Map.of();

	private @Nullable Target first;

	/**
	 * @param call knows the time since it began
	 */
	CallTargets(Call call) {
		this.call = call;
	}

	/**
	 * Pauses a target that named a wait, so that no later pass asks it too early.
	 */
	public synchronized void pause(Target target, LlmException failure, Duration wait) {
		if (this.pauses.isEmpty()) {
			this.pauses = new HashMap<>();
		}
		this.pauses.put(target, new Pause(elapsed().plus(wait), failure));
	}

	/**
	 * Whether any target was paused.
	 */
	public synchronized boolean isPaused() {
		return !this.pauses.isEmpty();
	}

	/**
	 * The error because of which this target is still paused, with the rest of its wait;
	 * {@code null} if it is not paused.
	 */
	public synchronized @Nullable LlmException pausedBy(Target target) {
		Pause pause = this.pauses.isEmpty() ? null : this.pauses.get(target);
		Duration left = (pause == null) ? Duration.ZERO : pause.until().minus(elapsed());
		return (pause == null || left.isNegative() || left.isZero()) ? null : pause.failure(left);
	}

	private Duration elapsed() {
		return this.call.elapsed();
	}

	/** Remembers how a target failed. */
	public synchronized void failed(Target target, LlmException failure) {
		if (this.failures.isEmpty()) {
			this.failures = new HashMap<>();
		}
		this.failures.put(target, failure);
	}

	/**
	 * The last failure of each target that was asked.
	 */
	public synchronized Stream<LlmException> failures() {
		return List.copyOf(this.failures.values()).stream();
	}

	/**
	 * The failure of a target when it was last asked; {@code null} if it was not asked or
	 * did not fail.
	 */
	public synchronized @Nullable LlmException failure(Target target) {
		return this.failures.get(target);
	}

	/**
	 * Remembers the gate before a target that failed, so that no retry waits for a closed
	 * gate.
	 */
	public synchronized void gated(Target target, Readiness gate) {
		if (this.gates.isEmpty()) {
			this.gates = new HashMap<>();
		}
		this.gates.put(target, gate);
	}

	/**
	 * Why the gate before a failed target would refuse a call after that wait; {@code
	 * null} if it would not.
	 */
	public @Nullable Rejection rejectionAfter(@Nullable Target target, Duration wait) {
		Readiness gate;
		synchronized (this) {
			gate = (target == null) ? null : this.gates.get(target);
		}
		Rejection rejection = (gate == null) ? null : gate.rejection();
		return (rejection == null || rejection.isOverIn(wait)) ? null : rejection;
	}

	/** A target is about to be asked: the first one is the primary one of this call. */
	public synchronized void asking(Target target) {
		if (this.first == null) {
			this.first = target;
		}
	}

	/** A gate refused the call to the target that was about to be asked. */
	public synchronized void notAsked(Target target) {
		if (target.equals(this.first) && !this.failures.containsKey(target)) {
			this.first = null;
		}
	}

	/**
	 * Whether the target was the first one that was asked in this call.
	 */
	public synchronized boolean isFirst(Target target) {
		return target.equals(this.first);
	}

	private record Pause(Duration until, LlmException failure) {

		LlmException failure(Duration left) {
			ErrorDetails details = this.failure.details();
			return LlmException.of(details.kind(), String.valueOf(this.failure.getMessage()))
				.like(this.failure)
				.retryAfter((details.retryAfter() == null) ? null : left)
				.cause(this.failure)
				.build();
		}

	}

}
