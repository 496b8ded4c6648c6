package io.arcllm.benchmarks.calls;

import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.openai.OpenAiChatModel;
import dev.langchain4j.model.openai.OpenAiStreamingChatModel;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.core.scheduler.Scheduler;

/**
 * LangChain4j's models for OpenAI, with their defaults. A whole call waits on a thread.
 */
final class LangChain4j implements Client {

	private final Scheduler threads;

	private final OpenAiChatModel whole;

	private final OpenAiStreamingChatModel stream;

	LangChain4j(String url, Scheduler threads) {
		this.threads = threads;
		this.whole = OpenAiChatModel.builder().baseUrl(url).apiKey("key").modelName(Answers.MODEL).build();
		this.stream = OpenAiStreamingChatModel.builder().baseUrl(url).apiKey("key").modelName(Answers.MODEL).build();
	}

	@Override
	public String name() {
		return "LangChain4j";
	}

	@Override
	public Mono<Integer> whole() {
		return Mono.fromCallable(() -> this.whole.chat(Answers.PROMPT).length()).subscribeOn(this.threads);
	}

	@Override
	public Mono<Integer> stream() {
		return Mono.create((sink) -> this.stream.chat(Answers.PROMPT, new Count(sink)));
	}

	private static final class Count implements StreamingChatResponseHandler {

		private final MonoSink<Integer> sink;

		private int characters;

		private Count(MonoSink<Integer> sink) {
			this.sink = sink;
		}

		@Override
		public void onPartialResponse(String text) {
			this.characters += text.length();
		}

		@Override
		public void onCompleteResponse(ChatResponse response) {
			this.sink.success(this.characters);
		}

		@Override
		public void onError(Throwable failure) {
			this.sink.error(failure);
		}

	}

}
