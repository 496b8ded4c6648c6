package io.arcllm.examples.langchain4j;

import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.service.Result;
import dev.langchain4j.service.TokenStream;
import io.arcllm.LlmEvent;
import io.arcllm.LlmProvider;
import io.arcllm.LlmRequest;
import io.arcllm.LlmResponse;
import io.arcllm.bridge.langchain4j.ArcllmChatResponseMetadata;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Schedulers;

/**
 * What a caller of an {@code AiServices} interface sees, for a survival report.
 *
 * @param name of the primary provider
 * @param service is asked
 */
record ThroughAiServices(String name, Service service) implements LlmProvider {

	@Override
	public Flux<LlmEvent> exchange(LlmRequest request) {
		String question = request.messages().get(0).text();
		Flux<LlmEvent> events = request.streaming() ? Flux.create((sink) -> this.service.stream(question)
			.onPartialResponse((word) -> sink.next(new LlmEvent.TextDelta(word)))
			.onCompleteResponse((response) -> {
				sink.next(completed(response));
				sink.complete();
			})
			.onError(sink::error)
			.start()) : Flux.defer(() -> Flux.just(completed(this.service.ask(question).finalResponse())));
		return events.subscribeOn(Schedulers.boundedElastic());
	}

	private static LlmEvent completed(ChatResponse response) {
		ArcllmChatResponseMetadata metadata = (ArcllmChatResponseMetadata) response.metadata();
		return new LlmEvent.Completed(LlmResponse.builder()
			.text(response.aiMessage().text())
			.trail(metadata.trail())
			.target(metadata.target())
			.build());
	}

	/** Is asked whole and streamed. */
	interface Service {

		Result<String> ask(String question);

		TokenStream stream(String question);

	}

}
