package io.arcllm.autoconfigure.stack;

import java.util.List;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;

import io.arcllm.ErrorKind;
import io.arcllm.LlmProvider;
import io.arcllm.LlmRequest;
import io.arcllm.Priority;
import io.arcllm.Target;
import io.arcllm.module.Candidate;
import io.arcllm.module.Readiness;
import io.arcllm.module.Rejection;
import io.arcllm.module.TokenCount;
import io.arcllm.module.WaitingQueue;
import org.jspecify.annotations.Nullable;

import org.springframework.util.function.SingletonSupplier;

/**
 * A target of a chain, created on first use.
 */
final class TargetCandidate implements Candidate {

	private final Target target;

	private final Supplier<LlmProvider> provider;

	private final List<Readiness> gates;

	private final ToIntFunction<LlmRequest> contextWindow;

	private final boolean primary;

	/**
	 * @param target its name and model
	 * @param provider makes the provider with its modules
	 * @param gates the gates before it
	 * @param contextWindow its context window for a request, in tokens; 0 if it is not
	 * known or not checked
	 * @param primary whether it gets the request's own model
	 */
	TargetCandidate(Target target, Supplier<LlmProvider> provider, List<Readiness> gates,
			ToIntFunction<LlmRequest> contextWindow, boolean primary) {
		this.primary = primary;
		this.target = target;
		this.provider = SingletonSupplier.of(provider);
		this.gates = gates;
		this.contextWindow = contextWindow;
	}

	@Override
	public Target target() {
		return this.target;
	}

	@Override
	public LlmProvider provider() {
		return this.provider.get();
	}

	@Override
	public @Nullable Rejection rejection(LlmRequest request) {
		Priority priority = WaitingQueue.priority(request);
		for (Readiness gate : this.gates) {
			Rejection rejection = gate.rejection(this.primary ? request.model() : null, priority);
			if (rejection != null) {
				return rejection;
			}
		}
		int window = this.contextWindow.applyAsInt(request);
		if (window > 0 && TokenCount.tokens(request) > window) {
			return new Rejection(ErrorKind.CONTEXT_WINDOW, "the request has about " + TokenCount.tokens(request)
					+ " tokens, more than its context window of " + window, null);
		}
		return null;
	}

	@Override
	public String toString() {
		return this.target.toString();
	}

}
