package io.arcllm.benchmarks.survival;

import java.time.Duration;
import java.util.function.Function;

import io.arcllm.ErrorKind;
import io.arcllm.LlmEvent;
import io.arcllm.LlmException;
import io.arcllm.LlmProvider;
import io.arcllm.LlmRequest;
import io.arcllm.LlmResponse;
import io.arcllm.Target;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Schedulers;

/**
 * Another library's client as the report asks it: what it gives as a success is an
 * answer, and whatever it throws is a clean error.
 *
 * @param name of the library
 * @param whole asks for a whole answer, and waits
 * @param stream asks for an answer word by word
 */
record OtherClient(String name, Function<String, String> whole,
		Function<String, Flux<String>> stream) implements LlmProvider {

	/** After so long a caller goes away: some clients have no limit of their own. */
	private static final Duration PATIENCE = Duration.ofSeconds(60);

	private static final Target TARGET = new Target("", null);

	@Override
	public Flux<LlmEvent> exchange(LlmRequest request) {
		String prompt = request.messages().get(0).text();
		Flux<LlmEvent> answer = request.streaming() ? streamed(prompt)
				: Flux.defer(() -> Flux.just(completed(this.whole.apply(prompt))))
					.subscribeOn(Schedulers.boundedElastic());
		return answer.timeout(PATIENCE)
			.onErrorMap((failure) -> LlmException.of(ErrorKind.NETWORK, String.valueOf(failure.getMessage()))
				.cause(failure)
				.build());
	}

	private Flux<LlmEvent> streamed(String prompt) {
		return Flux.defer(() -> {
			StringBuilder words = new StringBuilder();
			return this.stream.apply(prompt).<LlmEvent>map((word) -> {
				words.append(word);
				return new LlmEvent.TextDelta(word);
			}).concatWith(Flux.defer(() -> Flux.just(completed(words.toString()))));
		});
	}

	private static LlmEvent completed(String text) {
		return new LlmEvent.Completed(LlmResponse.of(TARGET, text));
	}

}
