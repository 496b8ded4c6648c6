package io.arcllm.module.fallback;

import io.arcllm.LlmEvent;
import io.arcllm.LlmRequest;
import io.arcllm.module.BaseModule;
import io.arcllm.module.Call;
import io.arcllm.module.Selection;
import reactor.core.publisher.Flux;

/**
 * A redirector: asks the next target of the chain when one fails before it delivered
 * anything. No target is asked inside another's fallback, and none is made before it is
 * asked.
 */
public final class FallbackModule extends BaseModule {

	private final Chain chain;

	private final FallbackSettings settings;

	private final Selection selection;

	/**
	 * @param chain whose first target is the primary one
	 * @param settings when to ask the next
	 * @param selection whom to ask first
	 */
	public FallbackModule(Chain chain, FallbackSettings settings, Selection selection) {
		super(chain.primary().provider());
		this.chain = chain;
		this.settings = settings;
		this.selection = selection;
	}

	@Override
	public Flux<LlmEvent> exchange(LlmRequest request) {
		return Flux.deferContextual((context) -> new Descent(this.chain, this.settings, request, Call.of(context))
			.ask(this.selection.order(this.chain.targets())));
	}

}
