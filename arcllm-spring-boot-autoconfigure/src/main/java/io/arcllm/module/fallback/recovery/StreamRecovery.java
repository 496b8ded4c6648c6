package io.arcllm.module.fallback.recovery;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

import io.arcllm.AnswerBuilder;
import io.arcllm.Attempt;
import io.arcllm.ErrorKind;
import io.arcllm.LlmEvent;
import io.arcllm.LlmException;
import io.arcllm.LlmRequest;
import io.arcllm.LlmResponse;
import io.arcllm.Target;
import io.arcllm.module.Call;
import io.arcllm.module.Candidate;
import io.arcllm.module.ChainPass;
import io.arcllm.module.EventStep;
import io.arcllm.module.Scope;
import io.arcllm.module.fallback.recovery.Splice.DivergedException;
import io.arcllm.module.fallback.recovery.Splice.Restart;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;

/**
 * Recovers an answer that broke off after some of it was delivered, step by step until a
 * step succeeds. With {@code continue} the targets that continue an unfinished turn are
 * asked first, in the order of the chain; then, as with {@code replay}, the target that
 * broke off and the others give their answers again. With {@code restart} the target that
 * broke off comes last.
 * <p>
 * Invariants: nothing that contradicts what was delivered reaches the caller; after a
 * step that fails or diverges, what was delivered is the same or longer; the failure that
 * is thrown is the first interruption, or the last one after a restart.
 */
public final class StreamRecovery {

	private static final Log logger = LogFactory.getLog(StreamRecovery.class);

	private final RecoveryPlan resume;

	private final ChainPass pass;

	private final Call call;

	private final LlmRequest request;

	private final Target primary;

	private final Deque<Step> steps = new ArrayDeque<>();

	private final Set<Target> asked = new LinkedHashSet<>();

	private final List<LlmException> others = new ArrayList<>();

	private @Nullable String divergence;

	public StreamRecovery(RecoveryPlan resume, ChainPass pass, Call call, LlmRequest request, Target primary) {
		this.resume = resume;
		this.pass = pass;
		this.call = call;
		this.request = request;
		this.primary = primary;
	}

	/**
	 * A target that may recover the answer.
	 *
	 * @param how the kind of recovery
	 * @param again whether it is the target that broke off
	 */
	private record Step(Candidate candidate, Recovery how, boolean again) {
	}

	/**
	 * The failure that is thrown if no target can recover the answer.
	 *
	 * @param failure how the answer broke off
	 * @param delivered what the caller has of it
	 */
	private record Broken(LlmException failure, AnswerBuilder delivered) {
	}

	/**
	 * The rest of the answer. A hedge may have broken off while the target that was asked
	 * was silent: that one is then asked last.
	 * @param asked the target that was asked
	 * @param failure how the answer broke off
	 * @param rest the targets after it
	 */
	public Flux<LlmEvent> after(Candidate asked, LlmException failure, List<Candidate> rest) {
		Candidate broken = this.pass.failing(asked, failure, rest);
		this.pass.failed(broken.target(), failure);
		this.asked.add(broken.target());
		plan(rest.stream().filter((other) -> !this.pass.hasFailed(other.target())).toList(), broken);
		if (broken != asked) {
			plan(List.of(asked), null);
		}
		return next(new Broken(failure, AnswerBuilder.of(Objects.requireNonNull(failure.partial()))));
	}

	private void plan(List<Candidate> others, @Nullable Candidate broken) {
		List<Candidate> brokenFirst = new ArrayList<>((broken == null) ? List.of() : List.of(broken));
		brokenFirst.addAll(others);
		switch (this.resume.recovery()) {
			case RESTART -> {
				others.forEach((other) -> this.steps.add(new Step(other, Recovery.RESTART, false)));
				if (broken != null) {
					this.steps.add(new Step(broken, Recovery.RESTART, true));
				}
			}
			case CONTINUE -> {
				brokenFirst.stream()
					.filter((one) -> this.resume.acceptsPrefix().test(one.target()))
					.forEach((one) -> this.steps.add(new Step(one, Recovery.CONTINUE, one == broken)));
				replay(brokenFirst, broken);
			}
			case REPLAY -> replay(brokenFirst, broken);
			case FAIL -> {
			}
		}
	}

	private void replay(List<Candidate> targets, @Nullable Candidate broken) {
		targets.forEach((one) -> this.steps.add(new Step(one, Recovery.REPLAY, one == broken)));
	}

	private Flux<LlmEvent> next(Broken broken) {
		Step step = nextStep(broken);
		if (step == null) {
			return Flux.error(failed(broken));
		}
		Target target = step.candidate().target();
		this.call.caller()
			.run(() -> logger.warn(broken.failure().getMessage() + "; asking " + target + " to go on ("
					+ step.how().name().toLowerCase(Locale.ROOT) + ")"));
		this.asked.add(target);
		List<Step> left = List.copyOf(this.steps);
		return answer(step, broken)
			.contextWrite((context) -> Scope.of(context)
				.on(this.pass,
						left.isEmpty() ? null
								: (failure) -> left.stream()
									.anyMatch((other) -> this.pass.isReady(other.candidate(), this.request)))
				.because(Attempt.Cause.RECOVERY)
				.into(context))
			.onErrorResume(LlmException.class, (failure) -> broke(step, failure, broken))
			.onErrorResume(DivergedException.class, (diverged) -> diverged(target, diverged, broken));
	}

	/**
	 * The answer differs from what was delivered. Nothing of it was passed on, so the
	 * next step is taken.
	 */
	private Flux<LlmEvent> diverged(Target target, DivergedException diverged, Broken broken) {
		this.divergence = target + " gave another answer: " + diverged.getMessage();
		this.others.add(LlmException.of(ErrorKind.INTERRUPTED, this.divergence).target(target).build());
		return next(broken);
	}

	private boolean canBeContinued(Broken broken) {
		return ContinueSplice.isPossible(broken.delivered().buildPartial(this.primary));
	}

	private @Nullable Step nextStep(Broken broken) {
		while (!this.steps.isEmpty()) {
			Step step = this.steps.remove();
			if (!this.call.hasAttemptsLeft() || this.call.remaining().isNegative()) {
				return null;
			}
			if (step.how() == Recovery.CONTINUE && !canBeContinued(broken)) {
				continue;
			}
			if (!this.pass.passOver(step.candidate(), this.request, Attempt.Cause.RECOVERY)
					&& (!step.again() || this.resume.mayRepeat().getAsBoolean())) {
				return step;
			}
		}
		return null;
	}

	private Flux<LlmEvent> answer(Step step, Broken broken) {
		return Flux.defer(() -> {
			Candidate candidate = step.candidate();
			AnswerBuilder delivered = broken.delivered();
			LlmRequest request = candidate.request(this.request, this.primary);
			LlmResponse partial = delivered.buildPartial(targetOf(broken, candidate.target()));
			if (step.how() == Recovery.CONTINUE) {
				ContinueSplice splice = new ContinueSplice(delivered, partial);
				return spliced(candidate, splice.request(request), splice);
			}
			return spliced(candidate, request,
					(step.how() == Recovery.RESTART)
							? new Restart(delivered, candidate.target(), String.valueOf(broken.failure().getMessage()))
							: new ReplaySplice(delivered, partial));
		});
	}

	private Flux<LlmEvent> spliced(Candidate candidate, LlmRequest request, Splice splice) {
		List<String> dropped = Candidate.dropped(this.request, request);
		Flux<LlmEvent> answer = candidate.provider()
			.exchange(request)
			.contextWrite((context) -> Scope.of(context).dropping(dropped).into(context));
		return EventStep.around(answer, (actual) -> new SplicedAnswer(actual, splice));
	}

	private Flux<LlmEvent> broke(Step step, LlmException failure, Broken broken) {
		this.others.add(failure);
		LlmResponse partial = failure.partial();
		boolean continued = step.how() == Recovery.CONTINUE;
		// a target that continues no unfinished turn may still answer from the start
		boolean refused = partial == null && continued && failure.kind().refusesRequest();
		if (refused) {
			this.pass.refused(step.candidate().target(), failure);
		}
		else {
			this.pass.failed(step.candidate().target(), failure);
		}
		if (partial != null && continued) {
			broken.delivered().usage(broken.delivered().usage().plus(partial.usage()));
		}
		if (failure.kind().endsTheCall()) {
			return Flux.error(failed(broken));
		}
		boolean restarted = partial != null && step.how() == Recovery.RESTART;
		return next(restarted ? new Broken(failure, broken.delivered()) : broken);
	}

	/**
	 * The interruption of the answer, with everything that was delivered; never a failure
	 * of a target that could not recover it.
	 */
	private LlmException failed(Broken broken) {
		LlmException cause = broken.failure();
		String message = (this.divergence == null) ? cause.getMessage() : cause.getMessage() + "; " + this.divergence;
		LlmException told = LlmException.of(ErrorKind.INTERRUPTED, String.valueOf(message))
			.like(cause)
			.partial(broken.delivered().buildPartial(targetOf(broken, this.primary)))
			.cause(cause.getCause())
			.build();
		String chain = this.asked.stream().map(Target::toString).collect(Collectors.joining(" -> "));
		return (this.asked.size() == 1 && this.others.isEmpty()) ? told : told.exhausted(chain, this.others);
	}

	private static Target targetOf(Broken broken, Target otherwise) {
		Target target = broken.failure().details().target();
		return (target == null) ? otherwise : target;
	}

}
