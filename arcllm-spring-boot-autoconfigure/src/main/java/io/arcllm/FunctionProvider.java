package io.arcllm;

import java.util.function.Function;

import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * A provider made of a function, which may block: it is not called on an event loop.
 */
record FunctionProvider(String name, Function<LlmRequest, LlmResponse> answer) implements LlmProvider {

	@Override
	public Flux<LlmEvent> exchange(LlmRequest request) {
		Mono<LlmEvent> answer = Mono.fromCallable(() -> new LlmEvent.Completed(this.answer.apply(request)));
		return Flux
			.defer(() -> Schedulers.isInNonBlockingThread() ? answer.subscribeOn(Schedulers.boundedElastic()) : answer);
	}

	@Override
	public String toString() {
		return this.name;
	}

}
