package io.arcllm.examples.springai;

import java.util.List;

import io.arcllm.LlmEvent;
import io.arcllm.LlmProvider;
import io.arcllm.LlmRequest;
import io.arcllm.LlmResponse;
import io.arcllm.Target;
import io.arcllm.Trail;
import org.springframework.ai.chat.client.ChatClient;
import org.springframework.ai.chat.model.ChatResponse;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * What a caller of a {@code ChatClient} sees, for a survival report.
 *
 * @param name of the primary provider
 * @param client is asked
 */
record ThroughChatClient(String name, ChatClient client) implements LlmProvider {

	@Override
	public Flux<LlmEvent> exchange(LlmRequest request) {
		ChatClient.ChatClientRequestSpec prompt = this.client.prompt(request.messages().get(0).text());
		Flux<ChatResponse> responses = request.streaming() ? prompt.stream().chatResponse()
				: Mono.fromCallable(() -> prompt.call().chatResponse()).flux();
		return Flux.defer(() -> {
			StringBuilder words = new StringBuilder();
			return responses.concatMapIterable((response) -> {
				String text = response.getResult().getOutput().getText();
				words.append(text);
				LlmEvent delta = new LlmEvent.TextDelta(text);
				Trail trail = response.getMetadata().get("arcllm.trail");
				return (trail == null) ? List.of(delta) : List.of(delta, completed(words.toString(), trail, response));
			});
		}).subscribeOn(Schedulers.boundedElastic());
	}

	private static LlmEvent completed(String words, Trail trail, ChatResponse response) {
		return new LlmEvent.Completed(LlmResponse.builder()
			.text(words)
			.trail(trail)
			.target(new Target(response.getMetadata().get("arcllm.provider"), response.getMetadata().getModel()))
			.build());
	}

}
