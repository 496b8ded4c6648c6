package io.arcllm.module.fallback;

import java.util.List;

import io.arcllm.ErrorKind;
import io.arcllm.LlmException;
import io.arcllm.module.Candidate;

/**
 * The targets of a chain.
 *
 * @param targets the primary target and those after it
 * @param contextWindow the targets for requests that are too long
 * @param contentPolicy the targets for requests that a filter refused
 */
public record Chain(List<Candidate> targets, List<Candidate> contextWindow, List<Candidate> contentPolicy) {

	public Chain {
		targets = List.copyOf(targets);
		contextWindow = List.copyOf(contextWindow);
		contentPolicy = List.copyOf(contentPolicy);
	}

	Candidate primary() {
		return this.targets.get(0);
	}

	boolean isAlone() {
		return this.targets.size() == 1 && this.contextWindow.isEmpty() && this.contentPolicy.isEmpty();
	}

	/**
	 * The targets that may be asked after this error; none if the error does not fail
	 * over.
	 */
	List<Candidate> after(LlmException failure, List<Candidate> rest, FallbackSettings settings) {
		if (failure.kind() == ErrorKind.CONTENT_POLICY && settings.on().contains(failure.kind())) {
			return this.contentPolicy.isEmpty() ? rest : this.contentPolicy;
		}
		if (failure.kind() == ErrorKind.CONTENT_POLICY) {
			return this.contentPolicy;
		}
		if (failure.kind() == ErrorKind.CONTEXT_WINDOW && !this.contextWindow.isEmpty()) {
			return this.contextWindow;
		}
		boolean itself = failure.kind() == ErrorKind.INTERRUPTED || failure.kind() == ErrorKind.BUDGET_EXCEEDED;
		boolean next = itself ? failure.failsOver() : settings.on().contains(failure.kind());
		return next ? rest : List.of();
	}

}
