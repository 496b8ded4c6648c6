package io.arcllm.autoconfigure.stack;

import java.util.function.Function;

import io.arcllm.LlmEvent;
import io.arcllm.LlmProvider;
import io.arcllm.LlmRequest;
import io.arcllm.autoconfigure.config.ModelNames;
import io.arcllm.module.BaseModule;
import reactor.core.publisher.Flux;

/**
 * A redirector: a request whose model is a name of {@code arcllm.models}, or the model of
 * exactly one other provider, is asked of what that name stands for.
 */
final class NamedModels extends BaseModule {

	private final String provider;

	private final ModelNames names;

	private final Function<String, LlmProvider> load;

	/**
	 * @param inner asked for all other models
	 * @param provider the provider of the primary target
	 * @param load loads what a name stands for
	 */
	NamedModels(LlmProvider inner, String provider, ModelNames names, Function<String, LlmProvider> load) {
		super(inner);
		this.provider = provider;
		this.names = names;
		this.load = load;
	}

	@Override
	public Flux<LlmEvent> exchange(LlmRequest request) {
		String model = request.model();
		return (model == null || this.names.isModelOf(this.provider, model)) ? this.inner.exchange(request)
				: named(model, request);
	}

	private Flux<LlmEvent> named(String model, LlmRequest request) {
		return Flux.defer(() -> (this.names.find(model) == null) ? this.inner.exchange(request)
				: this.load.apply(model).exchange(request.mutate().model(null).build()));
	}

	/** Always there, so not part of what is written. */
	@Override
	public String toString() {
		return this.inner.toString();
	}

}
