package io.arcllm.autoconfigure.stack;

import io.arcllm.LlmEvent;
import io.arcllm.LlmProvider;
import io.arcllm.LlmRequest;
import io.arcllm.autoconfigure.config.ProviderDefinition;
import io.arcllm.autoconfigure.config.ProviderProperties.Defaults;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;

/**
 * Asks a provider that has no settings of its own for what is configured of it: what a
 * request leaves out, and the longest answer of its model.
 *
 * @param inner is asked
 * @param definition what is configured
 */
record DefaultedProvider(LlmProvider inner, ProviderDefinition definition) implements LlmProvider {

	@Override
	public Flux<LlmEvent> exchange(LlmRequest request) {
		Defaults defaults = this.definition.defaults();
		LlmRequest.Builder asked = request.mutate();
		if (request.temperature() == null && defaults.temperature() != null) {
			asked.temperature(defaults.temperature());
		}
		return this.inner.exchange(asked
			.maxTokens(atMost((request.maxTokens() != null) ? request.maxTokens() : defaults.maxTokens(), request))
			.build());
	}

	private @Nullable Integer atMost(@Nullable Integer wanted, LlmRequest request) {
		String model = (request.model() != null) ? request.model() : this.definition.model();
		Integer most = (model == null) ? null : this.definition.traits(model).maxOutput();
		return (wanted == null || most == null) ? wanted : Integer.valueOf(Math.min(wanted, most));
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
