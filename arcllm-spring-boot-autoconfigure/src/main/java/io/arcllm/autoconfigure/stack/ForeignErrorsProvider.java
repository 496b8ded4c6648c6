package io.arcllm.autoconfigure.stack;

import io.arcllm.LlmEvent;
import io.arcllm.LlmException;
import io.arcllm.LlmProvider;
import io.arcllm.LlmRequest;
import io.arcllm.Target;
import io.arcllm.provider.error.ForeignErrors;
import reactor.core.publisher.Flux;

/**
 * A provider that asks with a client of its own, whose exceptions are read for what the
 * vendor answered.
 */
final class ForeignErrorsProvider implements LlmProvider {

	private final LlmProvider inner;

	private final ForeignErrors errors;

	private final String name;

	/**
	 * @param inner may throw anything
	 * @param errors reads it
	 * @param name the target's name, which may be another than the provider gives itself
	 */
	ForeignErrorsProvider(LlmProvider inner, ForeignErrors errors, String name) {
		this.inner = inner;
		this.errors = errors;
		this.name = name;
	}

	@Override
	public Flux<LlmEvent> exchange(LlmRequest request) {
		return Flux.defer(() -> this.inner.exchange(request)).onErrorMap((failure) -> {
			LlmException read = this.errors.read(failure, new Target(this.name, request.model()));
			return (read != null) ? read : failure;
		});
	}

	@Override
	public String name() {
		return this.inner.name();
	}

	@Override
	public String toString() {
		return this.inner.toString();
	}

}
