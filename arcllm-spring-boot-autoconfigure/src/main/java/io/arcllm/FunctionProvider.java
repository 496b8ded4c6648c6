package io.arcllm;

import java.util.function.Function;

import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * A provider made of a function, which may block: it is called on a thread of its own,
 * where timeouts and deadlines reach it, and interrupted when nobody waits any more.
 */
record FunctionProvider(String name, Function<LlmRequest, LlmResponse> answer) implements LlmProvider {

	@Override
	public Flux<LlmEvent> exchange(LlmRequest request) {
		return Mono.<LlmEvent>fromCallable(() -> new LlmEvent.Completed(this.answer.apply(request)))
			.subscribeOn(Schedulers.boundedElastic())
			.flux();
	}

	@Override
	public String toString() {
		return this.name;
	}

}
