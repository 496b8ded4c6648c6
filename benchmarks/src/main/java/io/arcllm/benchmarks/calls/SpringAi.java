package io.arcllm.benchmarks.calls;

import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.chat.prompt.Prompt;
import org.springframework.ai.openai.OpenAiChatModel;
import org.springframework.ai.openai.OpenAiChatOptions;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * Spring AI's model for OpenAI, with its defaults. A whole call waits on a thread.
 */
final class SpringAi implements Client {

	private final Scheduler threads;

	private final OpenAiChatModel model;

	SpringAi(String url, Scheduler threads) {
		this.threads = threads;
		this.model = OpenAiChatModel.builder()
			.options(OpenAiChatOptions.builder()
				.baseUrl(url)
				.apiKey("key")
				.model(Answers.MODEL)
				.streamUsage(true)
				.build())
			.build();
	}

	@Override
	public String name() {
		return "Spring AI";
	}

	@Override
	public Mono<Integer> whole() {
		return Mono.fromCallable(() -> length(this.model.call(new Prompt(Answers.PROMPT)))).subscribeOn(this.threads);
	}

	@Override
	public Mono<Integer> stream() {
		return this.model.stream(new Prompt(Answers.PROMPT)).map(SpringAi::length).reduce(0, Integer::sum);
	}

	private static int length(ChatResponse response) {
		String text = response.getResults().isEmpty() ? null : response.getResults().get(0).getOutput().getText();
		return (text == null) ? 0 : text.length();
	}

}
