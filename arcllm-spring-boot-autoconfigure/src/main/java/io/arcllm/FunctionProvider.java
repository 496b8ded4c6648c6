package io.arcllm;

import java.util.List;
import java.util.function.Function;

import reactor.core.publisher.Flux;

/**
 * A provider made of a function, which may block: it is called on a thread of its own,
 * where timeouts and deadlines apply to it, and interrupted when the call has ended.
 */
final class FunctionProvider implements LlmProvider {

	private final String name;

	private final Function<LlmRequest, LlmResponse> answer;

	private final OwnThreads threads;

	FunctionProvider(String name, Function<LlmRequest, LlmResponse> answer) {
		this.name = name;
		this.answer = answer;
		this.threads = new OwnThreads(name);
	}

	@Override
	public String name() {
		return this.name;
	}

	@Override
	public Flux<LlmEvent> exchange(LlmRequest request) {
		return this.threads.run(() -> Flux.fromIterable(events(this.answer.apply(request))));
	}

	private static List<LlmEvent> events(LlmResponse answer) {
		LlmEvent completed = new LlmEvent.Completed(answer);
		return answer.text().isEmpty() ? List.of(completed) : List.of(new LlmEvent.TextDelta(answer.text()), completed);
	}

	@Override
	public String toString() {
		return this.name;
	}

}
