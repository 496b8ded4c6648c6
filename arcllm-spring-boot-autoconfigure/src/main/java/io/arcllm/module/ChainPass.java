package io.arcllm.module;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;

import io.arcllm.Attempt;
import io.arcllm.ErrorKind;
import io.arcllm.LlmException;
import io.arcllm.LlmRequest;
import io.arcllm.Target;
import org.jspecify.annotations.Nullable;
import reactor.util.context.ContextView;

/**
 * One pass of a call through a chain: which targets have failed in it. It is part of the
 * {@link Scope}, so that redirectors inside a chain and the chain itself ask no target
 * twice. Safe for use by many threads.
 */
public final class ChainPass {

	private final Call call;

	/**
	 * Which pauses keep their target from being asked, by the failures that they came
	 * after.
	 */
	private final Predicate<LlmException> respected;

	private Map<Target, LlmException> failures = Map.of();

	/**
	 * @param call the call that passes through the chain
	 * @param targets of the chain
	 */
	public ChainPass(Call call, List<Candidate> targets) {
		this.call = call;
		this.respected = !call.targets().isPaused() ? (pause) -> true
				: respected(call.targets(), targets.stream().map(Candidate::target).toList());
	}

	/**
	 * Paused targets are passed over. If all are paused, the retry module has decided to
	 * ask again: of a silent target, which waits for no time, if there is one; else of
	 * the first one that is ready. What fails in the same way as before is not asked
	 * again beside others.
	 */
	private static Predicate<LlmException> respected(CallTargets call, List<Target> targets) {
		List<LlmException> pauses = new ArrayList<>();
		for (Target target : targets) {
			LlmException pause = call.pausedBy(target);
			LlmException earlier = call.failure(target);
			if (pause == null && (earlier == null || earlier.isRetryable())) {
				return (any) -> true;
			}
			if (pause != null) {
				pauses.add(pause);
			}
		}
		if (pauses.stream().anyMatch(LlmException::isSilence)) {
			return (pause) -> !pause.isSilence();
		}
		boolean same = pauses.stream().allMatch((pause) -> pause.kind().isLasting());
		return (pause) -> !same && pause.kind().isLasting();
	}

	/**
	 * The pass that this subscription is part of, if it is part of one.
	 */
	public static @Nullable ChainPass of(ContextView context) {
		Scope scope = Scope.in(context);
		return (scope == null) ? null : scope.pass();
	}

	/**
	 * The target that failed: the one that was asked, or its hedge, if that had answered
	 * first and then broke off.
	 * @param asked the target that was asked
	 * @param rest the targets after it
	 */
	public Candidate failing(Candidate asked, LlmException failure, List<Candidate> rest) {
		Target failed = failure.details().target();
		if (failed == null || failed.equals(asked.target())) {
			return asked;
		}
		boolean hedge = this.call.trail()
			.attempts()
			.stream()
			.anyMatch((one) -> one.cause() == Attempt.Cause.HEDGE && one.target().equals(failed));
		return rest.stream().filter((other) -> hedge && other.target().equals(failed)).findFirst().orElse(asked);
	}

	/**
	 * Notes that a target failed, and pauses it if the failure names a wait.
	 */
	public synchronized void failed(Target target, LlmException failure) {
		refused(target, failure);
		Duration pause = failure.leaveAloneFor();
		boolean endsTheChain = !failure.failsOver() && this.call.targets().isFirst(target);
		if (pause != null && !endsTheChain) {
			this.call.targets().pause(target, failure, pause);
		}
	}

	/**
	 * Notes that a target failed that may be asked again in another form.
	 */
	public synchronized void refused(Target target, LlmException failure) {
		writable().put(target, failure);
		this.call.targets().failed(target, failure);
	}

	/**
	 * Takes over how a target failed in an earlier pass, if it was not asked in this one.
	 */
	public synchronized void recall(Target target) {
		LlmException earlier = this.call.targets().failure(target);
		if (earlier != null) {
			writable().putIfAbsent(target, earlier);
		}
	}

	/**
	 * Whether a target failed, or was passed over.
	 */
	public synchronized boolean hasFailed(Target target) {
		return this.failures.containsKey(target);
	}

	/**
	 * Passes a target over if it would refuse this request, or is paused.
	 * @param cause why it would be asked
	 */
	public boolean passOver(Candidate candidate, LlmRequest request, Attempt.Cause cause) {
		LlmException paused = this.call.targets().pausedBy(candidate.target());
		if (paused != null && this.respected.test(paused)) {
			passedOver(candidate.target(), paused);
			this.call.skipped(candidate.target(), paused.kind(), waits(paused) + paused.getMessage(), cause);
			return true;
		}
		Rejection rejection = candidate.rejection(request);
		if (rejection == null) {
			return false;
		}
		this.call.skipped(candidate.target(), rejection.kind(), rejection.reason(), cause);
		passedOver(candidate.target(),
				LlmException.of(rejection.kind(), candidate.target() + " was passed over: " + rejection.reason())
					.target(candidate.target())
					.retryAfter(rejection.retryAfter())
					.build());
		return true;
	}

	private static String waits(LlmException paused) {
		Duration wait = paused.retryAfter();
		return (wait == null) ? "not asked again in this call: " : "not asked again for " + wait.toMillis() + " ms: ";
	}

	/**
	 * Whether the target could be asked now: it did not fail in this pass, is not paused,
	 * and would not refuse the request.
	 */
	public boolean isReady(Candidate candidate, LlmRequest request) {
		return !hasFailed(candidate.target()) && this.call.targets().pausedBy(candidate.target()) == null
				&& candidate.rejection(request) == null;
	}

	private synchronized void passedOver(Target target, LlmException rejection) {
		writable().put(target, rejection);
	}

	/** Created with the first failure, because most passes have none. */
	private Map<Target, LlmException> writable() {
		if (this.failures.isEmpty()) {
			this.failures = new LinkedHashMap<>();
		}
		return this.failures;
	}

	/**
	 * The failure of that target in this pass; {@code null} if it did not fail.
	 */
	public synchronized @Nullable LlmException failure(Target target) {
		return this.failures.get(target);
	}

	/**
	 * All failures, in the order in which they came.
	 */
	public synchronized List<LlmException> failures() {
		return List.copyOf(this.failures.values());
	}

	/**
	 * The targets that failed, as text, such as {@code anthropic -> openai}.
	 */
	public synchronized String written() {
		return this.failures.keySet().stream().map(Target::toString).collect(Collectors.joining(" -> "));
	}

}
