package io.arcllm.benchmarks.bridges;

import java.util.concurrent.CountDownLatch;

import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import io.arcllm.LlmEvent;
import io.arcllm.LlmProvider;
import io.arcllm.LlmRequest;
import io.arcllm.LlmResponse;
import io.arcllm.bridge.langchain4j.ArcllmLangChainChatModel;
import io.arcllm.bridge.langchain4j.ArcllmLangChainStreamingChatModel;
import io.arcllm.bridge.springai.ArcllmChatModel;
import org.springframework.ai.chat.prompt.Prompt;
import reactor.core.publisher.Flux;

/**
 * What the bridges to other libraries add to a call and to a delta, around a provider
 * that answers at once: the least of many rounds, so that a busy machine tells the same.
 */
public final class BridgeCosts {

	private static final int ROUNDS = 60;

	private static final int CALLS = 2000;

	private static final int DELTAS = 20_000;

	private static final LlmRequest REQUEST = LlmRequest.of("Hello");

	private static final LlmResponse ANSWER = LlmResponse.of("Hello to you, too.");

	private BridgeCosts() {
	}

	public static void main(String[] args) {
		LlmProvider whole = (request) -> Flux.just(new LlmEvent.Completed(ANSWER));
		ArcllmChatModel springAi = new ArcllmChatModel(whole);
		ArcllmLangChainChatModel langChain = new ArcllmLangChainChatModel(whole);
		Prompt prompt = new Prompt("Hello");
		ChatRequest question = ChatRequest.builder().messages(UserMessage.from("Hello")).build();
		double bare = least(CALLS, () -> repeat(() -> whole.invoke(REQUEST)));
		print("Spring AI, a whole call", least(CALLS, () -> repeat(() -> springAi.call(prompt))) - bare);
		print("LangChain4j, a whole call", least(CALLS, () -> repeat(() -> langChain.chat(question))) - bare);
		LlmEvent delta = new LlmEvent.TextDelta("word ");
		LlmProvider streamed = (request) -> Flux.range(0, DELTAS)
			.map((i) -> (i < DELTAS - 1) ? delta : new LlmEvent.Completed(ANSWER));
		ArcllmChatModel springAiStream = new ArcllmChatModel(streamed);
		ArcllmLangChainStreamingChatModel langChainStream = new ArcllmLangChainStreamingChatModel(streamed);
		double bareDelta = least(DELTAS, () -> streamed.stream(REQUEST).subscribe());
		print("Spring AI, a delta", least(DELTAS, () -> springAiStream.stream(prompt).subscribe()) - bareDelta);
		print("LangChain4j, a delta", least(DELTAS, () -> tell(langChainStream, question)) - bareDelta);
	}

	private static void repeat(Runnable call) {
		for (int i = 0; i < CALLS; i++) {
			call.run();
		}
	}

	private static void tell(ArcllmLangChainStreamingChatModel model, ChatRequest question) {
		CountDownLatch ended = new CountDownLatch(1);
		model.chat(question, new StreamingChatResponseHandler() {

			@Override
			public void onPartialResponse(String partial) {
				// only its price matters
			}

			@Override
			public void onCompleteResponse(ChatResponse response) {
				ended.countDown();
			}

			@Override
			public void onError(Throwable error) {
				ended.countDown();
			}

		});
		try {
			ended.await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	/** Nanoseconds for each of a round's parts. */
	private static double least(int parts, Runnable round) {
		long least = Long.MAX_VALUE;
		for (int i = 0; i < ROUNDS; i++) {
			long start = System.nanoTime();
			round.run();
			least = Math.min(least, System.nanoTime() - start);
		}
		return (double) least / parts;
	}

	private static void print(String what, double nanos) {
		System.out.printf("%-28s %8.0f ns%n", what, nanos);
	}

}
