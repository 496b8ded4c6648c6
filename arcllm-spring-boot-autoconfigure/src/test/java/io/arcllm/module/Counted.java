package io.arcllm.module;

import java.util.concurrent.atomic.AtomicInteger;

import io.arcllm.LlmEvent;
import io.arcllm.LlmProvider;
import io.arcllm.LlmRequest;
import reactor.core.publisher.Flux;

/**
 * Counts what comes to a module, and the answers that it lets out.
 */
public final class Counted implements LlmProvider {

	public final AtomicInteger asked = new AtomicInteger();

	public final AtomicInteger answered = new AtomicInteger();

	private final LlmProvider inner;

	public Counted(LlmProvider inner) {
		this.inner = inner;
	}

	@Override
	public Flux<LlmEvent> exchange(LlmRequest request) {
		return Flux.defer(() -> {
			this.asked.incrementAndGet();
			return this.inner.exchange(request)
				.doOnNext((event) -> this.answered.addAndGet((event.answer() == null) ? 0 : 1));
		});
	}

}
