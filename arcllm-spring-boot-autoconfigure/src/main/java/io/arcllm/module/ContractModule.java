package io.arcllm.module;

import io.arcllm.LlmEvent;
import io.arcllm.LlmProvider;
import io.arcllm.LlmRequest;
import io.arcllm.Target;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;

/**
 * An observer and guard at the heart of every stack. Whatever the provider inside does,
 * every failure is an {@link io.arcllm.LlmException}, a failure after content was passed
 * on is an interruption that carries what was delivered, and a flux that ends without
 * {@link LlmEvent.Completed} is an interruption. Each subscription is one attempt of the
 * call: it is noted in the trail, and kept to the limits and to the call's deadline.
 */
public final class ContractModule extends BaseModule {

	private final Target target;

	/**
	 * @param inner an adapter, or a provider of the application's own
	 * @param model what it asks where the request names no model
	 */
	public ContractModule(LlmProvider inner, @Nullable String model) {
		super(inner);
		this.target = new Target(inner.name(), model);
	}

	@Override
	public Flux<LlmEvent> exchange(LlmRequest request) {
		return new GuardedFlux(this.inner, request,
				(request.model() == null) ? this.target : new Target(this.target.provider(), request.model()));
	}

	/**
	 * The provider inside alone: the contract holds always, so it is not part of what is
	 * written.
	 */
	@Override
	public String toString() {
		return this.inner.toString();
	}

}
