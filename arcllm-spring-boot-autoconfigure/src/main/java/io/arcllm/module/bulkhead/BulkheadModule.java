package io.arcllm.module.bulkhead;

import io.arcllm.LlmEvent;
import io.arcllm.LlmProvider;
import io.arcllm.LlmRequest;
import io.arcllm.module.BaseModule;
import io.arcllm.module.GatedCall;
import reactor.core.publisher.Flux;

/**
 * A gate: lets so many calls through at once, queues a few more, and refuses the rest.
 */
public final class BulkheadModule extends BaseModule {

	private final Bulkhead bulkhead;

	/**
	 * @param inner what this module wraps
	 * @param bulkhead shared by all stacks of the same target
	 */
	public BulkheadModule(LlmProvider inner, Bulkhead bulkhead) {
		super(inner);
		this.bulkhead = bulkhead;
	}

	@Override
	public Flux<LlmEvent> exchange(LlmRequest request) {
		return GatedCall.flux((actual) -> new BulkheadCall(actual, this.inner, request, this.bulkhead));
	}

}
