package io.arcllm.module.fallback;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import io.arcllm.ErrorKind;
import io.arcllm.LlmEvent;
import io.arcllm.LlmException;
import io.arcllm.LlmRequest;
import io.arcllm.Target;
import io.arcllm.module.Call;
import io.arcllm.module.Candidate;
import io.arcllm.module.Refusal;
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

	private final LlmRequest request;

	private final Call call;

	private final Map<Target, LlmException> failures = new LinkedHashMap<>(0);

	Descent(Chain chain, FallbackSettings settings, LlmRequest request, Call call) {
		this.chain = chain;
		this.settings = settings;
		this.request = request;
		this.call = call;
	}

	/**
	 * Asks the first of these that may be asked, and the ones after it when it fails.
	 */
	Flux<LlmEvent> ask(List<Candidate> targets) {
		for (int i = 0; i < targets.size(); i++) {
			Candidate candidate = targets.get(i);
			if (!passOver(candidate)) {
				List<Candidate> rest = targets.subList(i + 1, targets.size());
				return ask(candidate, rest);
			}
		}
		return Flux.error(exhausted());
	}

	private Flux<LlmEvent> ask(Candidate candidate, List<Candidate> rest) {
		Flux<LlmEvent> answer = candidate.provider()
			.exchange(Hop.request(this.request, this.chain.primary().target(), candidate.target()))
			.onErrorResume(LlmException.class, (failure) -> after(candidate, failure, rest));
		return rest.isEmpty() ? answer : answer.contextWrite((context) -> context.put(Call.OTHERS_LEFT, true));
	}

	private Flux<LlmEvent> after(Candidate candidate, LlmException failure, List<Candidate> rest) {
		this.failures.put(candidate.target(), failure);
		Duration asked = failure.retryAfter();
		if (asked != null && failure.kind() == ErrorKind.RATE_LIMITED) {
			this.call.pause(candidate.target(), failure, asked);
		}
		List<Candidate> next = this.chain.after(failure, rest, this.settings)
			.stream()
			.filter((other) -> !this.failures.containsKey(other.target()))
			.toList();
		if (next.isEmpty() || !this.call.hasAttemptsLeft()) {
			return Flux.error(exhausted());
		}
		log(failure, next);
		return ask(next);
	}

	private boolean passOver(Candidate candidate) {
		LlmException paused = this.call.pausedBy(candidate.target());
		if (paused != null) {
			this.failures.put(candidate.target(), paused);
			this.call.skipped(candidate.target(), paused.kind(), "asked to be left alone for " + paused.retryAfter());
			return true;
		}
		Refusal refusal = candidate.refusal(this.request);
		if (refusal == null) {
			return false;
		}
		this.call.skipped(candidate.target(), refusal.kind(), refusal.reason());
		this.failures.put(candidate.target(),
				LlmException.of(refusal.kind(), candidate.target() + " was passed over: " + refusal.reason())
					.target(candidate.target())
					.retryAfter(refusal.retryAfter())
					.build());
		return true;
	}

	private LlmException exhausted() {
		List<LlmException> all = new ArrayList<>(this.failures.values());
		LlmException primary = this.failures.get(this.chain.primary().target());
		LlmException last = all.get(all.size() - 1);
		boolean wantsLast = this.settings.onExhausted() == FallbackSettings.OnExhausted.LAST;
		LlmException told = (primary == null || wantsLast) ? last : primary;
		return (all.size() == 1) ? told : told
			.exhausted(this.failures.keySet().stream().map(Target::toString).collect(Collectors.joining(" -> ")), all);
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
