package io.arcllm.benchmarks.calls;

import java.time.Duration;

import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.chat.prompt.Prompt;
import org.springframework.ai.openai.OpenAiChatModel;
import org.springframework.ai.openai.OpenAiChatOptions;

/**
 * Spring AI's model for OpenAI, with its defaults. A whole call waits on a thread.
 */
public final class SpringAi implements Client {

	private final Scheduler threads;

	private final OpenAiChatModel model;

	/**
	 * @param url the vendor's
	 * @param threads where whole calls wait
	 * @param timeout of an attempt; the default unless given
	 */
	public SpringAi(String url, Scheduler threads, @Nullable Duration timeout) {
		this.threads = threads;
		OpenAiChatOptions.Builder options = OpenAiChatOptions.builder();
		options.baseUrl(url).apiKey("key").model(Answers.MODEL).streamUsage(true);
		if (timeout != null) {
			options.timeout(timeout);
		}
		this.model = OpenAiChatModel.builder().options(options.build()).build();
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
