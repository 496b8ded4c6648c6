package io.arcllm.autoconfigure.stack;

import java.util.function.Function;

import io.arcllm.ErrorKind;
import io.arcllm.LlmEvent;
import io.arcllm.LlmException;
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
		return Flux.defer(() -> (this.names.find(model) != null)
				? this.load.apply(model).exchange(request.mutate().model(null).build())
				: this.names.isTarget(model)
						? this.inner.exchange(request)
							.onErrorMap(LlmException.class, (failure) -> hinted(failure, model))
						: this.inner.exchange(request));
	}

	/** The model begins with the name of a provider, which may be what is meant. */
	private static LlmException hinted(LlmException failure, String model) {
		return (failure.kind() != ErrorKind.MODEL_NOT_FOUND) ? failure
				: LlmException.of(failure.kind(), failure.getMessage() + "; did you mean the target '" + model + "'?")
					.like(failure)
					.build();
	}

	/** Always there, so not part of what is written. */
	@Override
	public String toString() {
		return this.inner.toString();
	}

}
