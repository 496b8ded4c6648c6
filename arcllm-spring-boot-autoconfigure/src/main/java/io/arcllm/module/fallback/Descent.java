package io.arcllm.module.fallback;

import java.util.List;

import io.arcllm.ErrorKind;
import io.arcllm.LlmEvent;
import io.arcllm.LlmException;
import io.arcllm.LlmRequest;
import io.arcllm.Target;
import io.arcllm.module.Call;
import io.arcllm.module.Candidate;
import io.arcllm.module.Hop;
import io.arcllm.module.Recovery;
import io.arcllm.module.Round;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import reactor.core.publisher.Flux;

/**
 * One call's way down the chain.
 */
final class Descent {

	private static final Log logger = LogFactory.getLog(FallbackModule.class);

	private final Chain chain;

	private final FallbackSettings settings;

	private final Resume resume;

	private final LlmRequest request;

	private final Call call;

	private final Round round;

	Descent(Chain chain, FallbackSettings settings, Resume resume, LlmRequest request, Call call) {
		this.chain = chain;
		this.settings = settings;
		this.resume = resume;
		this.request = request;
		this.call = call;
		this.round = new Round(call, !call.isPaused() || isAnyLeft());
	}

	/** Whether a target may be asked that does not want to be left alone. */
	private boolean isAnyLeft() {
		return this.chain.targets().stream().map(Candidate::target).anyMatch(this::isLeft);
	}

	private boolean isLeft(Target target) {
		LlmException earlier = this.call.failure(target);
		return this.call.pausedBy(target) == null && (earlier == null || earlier.isRetryable());
	}

	/**
	 * Asks the first of these that may be asked, and the ones after it when it fails.
	 */
	Flux<LlmEvent> ask(List<Candidate> targets) {
		for (int i = 0; i < targets.size(); i++) {
			Candidate candidate = targets.get(i);
			if (!this.round.passOver(candidate, this.request)) {
				List<Candidate> rest = targets.subList(i + 1, targets.size());
				return ask(candidate, rest);
			}
		}
		return Flux.error(exhausted());
	}

	private Flux<LlmEvent> ask(Candidate candidate, List<Candidate> rest) {
		return candidate.provider()
			.exchange(Hop.request(this.request, this.chain.primary().target(), candidate.target()))
			.contextWrite((context) -> rest.isEmpty() ? context.put(Round.class, this.round)
					: context.put(Round.class, this.round).put(Call.OTHERS_LEFT, true))
			.onErrorResume(LlmException.class, (failure) -> after(candidate, failure, rest));
	}

	private Flux<LlmEvent> after(Candidate candidate, LlmException failure, List<Candidate> rest) {
		this.round.failed(candidate.target(), failure);
		if (this.resume.recovery() != Recovery.FAIL && Resumption.isNeeded(failure)) {
			return new Resumption(this.resume, this.round, this.call, this.request, this.chain.primary().target())
				.after(candidate, failure, rest);
		}
		List<Candidate> next = (isRefusedHere(candidate, failure) ? rest
				: this.chain.after(failure, rest, this.settings))
			.stream()
			.filter((other) -> !this.round.hasFailed(other.target()))
			.toList();
		if (next.isEmpty()) {
			return Flux.error(exhausted());
		}
		if (!this.call.hasAttemptsLeft()) {
			next.forEach((other) -> this.round.recall(other.target()));
			return Flux.error(exhausted());
		}
		log(failure, next);
		return ask(next);
	}

	/**
	 * Whether a target after the primary one cannot take what this one could: nothing was
	 * sent to it, and it is passed over.
	 */
	private boolean isRefusedHere(Candidate candidate, LlmException failure) {
		Target target = candidate.target();
		return failure.kind() == ErrorKind.INVALID_REQUEST && !target.equals(this.chain.primary().target())
				&& !this.call.trail().hasAsked(target);
	}

	private LlmException exhausted() {
		List<LlmException> all = this.round.failures();
		LlmException primary = this.round.failure(this.chain.primary().target());
		LlmException last = all.get(all.size() - 1);
		boolean wantsLast = this.settings.onExhausted() == FallbackSettings.OnExhausted.LAST;
		LlmException told = (primary == null || wantsLast || endsTheCall(last)) ? last : primary;
		return (all.size() == 1) ? told : told.exhausted(this.round.written(), all);
	}

	/**
	 * Nothing may be tried after it, and so no other error may hide it.
	 */
	private static boolean endsTheCall(LlmException failure) {
		return failure.kind() == ErrorKind.DEADLINE_EXCEEDED
				|| (failure.kind() == ErrorKind.INTERRUPTED && !failure.failsOver());
	}

	private static void log(LlmException failure, List<Candidate> next) {
		String message = failure.getMessage() + "; asking " + next.get(0).target() + " instead";
		if (failure.kind() == ErrorKind.AUTHENTICATION || failure.kind() == ErrorKind.PERMISSION) {
			logger.error(message);
		}
		else {
			logger.warn(message);
		}
	}

}
