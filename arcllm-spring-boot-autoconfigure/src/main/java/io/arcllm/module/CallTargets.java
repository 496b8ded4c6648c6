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
 * What one call has learnt of its targets: how each failed, which want to be left alone,
 * and which gates stand before them. Safe for use by many threads.
 * <p>
 * Invariants, all under one lock: a target has at most one failure and one pause, the
 * last ones; a pause is over by its time alone, and is never lifted; {@code first} is the
 * first target that was asked and not turned away by a gate of ours before it failed.
 * Gates are asked outside the lock.
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
	 * Remembers that a target wants to be left alone, so that no later round asks it
	 * early.
	 */
	public synchronized void pause(Target target, LlmException failure, Duration wait) {
		if (this.pauses.isEmpty()) {
			this.pauses = new HashMap<>();
		}
		this.pauses.put(target, new Pause(elapsed().plus(wait), failure));
	}

	/**
	 * Whether any target wanted to be left alone.
	 */
	public synchronized boolean isPaused() {
		return !this.pauses.isEmpty();
	}

	/**
	 * The error after which this target is still to be left alone, with what is left of
	 * its wait, if there is one.
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
	 * How the targets failed that were asked, each the last time.
	 */
	public synchronized Stream<LlmException> failures() {
		return List.copyOf(this.failures.values()).stream();
	}

	/**
	 * How a target failed when it was last asked, if it was and did.
	 */
	public synchronized @Nullable LlmException failure(Target target) {
		return this.failures.get(target);
	}

	/**
	 * Remembers the gate that stands before a target which failed, so that nothing waits
	 * for one that is closed.
	 */
	public synchronized void gated(Target target, Readiness gate) {
		if (this.gates.isEmpty()) {
			this.gates = new HashMap<>();
		}
		this.gates.put(target, gate);
	}

	/**
	 * Why the gate before a target that failed would refuse it after that wait, if it
	 * would.
	 */
	public @Nullable Refusal refusalAfter(@Nullable Target target, Duration wait) {
		Readiness gate;
		synchronized (this) {
			gate = (target == null) ? null : this.gates.get(target);
		}
		Refusal refusal = (gate == null) ? null : gate.refusal();
		return (refusal == null || refusal.isOverIn(wait)) ? null : refusal;
	}

	/** A target is about to be asked: the first one is the primary one of this call. */
	public synchronized void asking(Target target) {
		if (this.first == null) {
			this.first = target;
		}
	}

	/** A gate of ours refused the target that was about to be asked. */
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
