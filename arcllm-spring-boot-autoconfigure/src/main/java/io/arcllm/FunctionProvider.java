package io.arcllm;

import java.util.function.Function;

import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * A provider made of a function.
 */
record FunctionProvider(String name, Function<LlmRequest, LlmResponse> answer) implements LlmProvider {

	@Override
	public Flux<LlmEvent> exchange(LlmRequest request) {
		return Mono.<LlmEvent>fromCallable(() -> new LlmEvent.Completed(this.answer.apply(request))).flux();
	}

	@Override
	public String toString() {
		return this.name;
	}

}
