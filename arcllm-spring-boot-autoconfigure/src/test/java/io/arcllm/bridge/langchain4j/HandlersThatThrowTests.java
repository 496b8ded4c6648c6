package io.arcllm.bridge.langchain4j;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.CompleteToolCall;
import dev.langchain4j.model.chat.response.PartialResponse;
import dev.langchain4j.model.chat.response.PartialResponseContext;
import dev.langchain4j.model.chat.response.PartialThinking;
import dev.langchain4j.model.chat.response.PartialToolCall;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import io.arcllm.LlmEvent;
import io.arcllm.LlmResponse;
import io.arcllm.ToolCall;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Flux;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Handlers of LangChain4j that throw, in each of their methods.
 */
class HandlersThatThrowTests {

	private static final List<String> METHODS = List.of("onPartialThinking", "onPartialResponse", "onPartialToolCall",
			"onCompleteToolCall", "onCompleteResponse", "onError");

	static Stream<Arguments> throwers() {
		return METHODS.stream()
			.flatMap((method) -> Stream.of(Arguments.of(method, new IllegalStateException("No")),
					Arguments.of(method, new AssertionError("No"))));
	}

	@ParameterizedTest
	@MethodSource("throwers")
	void areToldOfItOnceAndThenNothing(String method, Throwable thrown) throws InterruptedException {
		CountDownLatch over = new CountDownLatch(1);
		Flux<LlmEvent> events = Flux
			.<LlmEvent>just(new LlmEvent.ThinkingDelta("Hm."), new LlmEvent.TextDelta("One "),
					new LlmEvent.ToolCallDelta(0, "c1", "weather", "{}"), new LlmEvent.Completed(answer()))
			.concatWith(method.equals("onError") ? Flux.error(new IllegalStateException("Cut")) : Flux.empty());
		if (method.equals("onError")) {
			events = events.filter((event) -> !(event instanceof LlmEvent.Completed));
		}
		Flux<LlmEvent> told = events.doFinally((signal) -> over.countDown());
		Throwing handler = new Throwing(method, thrown);
		new ArcllmLangChainStreamingChatModel((request) -> told).chat("Hi", handler);
		assertThat(handler.failed.await(10, TimeUnit.SECONDS)).isTrue();
		assertThat(over.await(10, TimeUnit.SECONDS)).isTrue();
		int until = METHODS.indexOf(method);
		assertThat(handler.called).doesNotHaveDuplicates().endsWith("onError");
		assertThat(handler.called.subList(0, handler.called.size() - 1))
			.isEqualTo(METHODS.subList(0, method.equals("onError") ? until - 2 : until + 1));
	}

	private static LlmResponse answer() {
		return LlmResponse.builder().text("One ").toolCalls(new ToolCall("c1", "weather", "{}", Map.of())).build();
	}

	/** Throws in one of its methods. */
	private static final class Throwing implements StreamingChatResponseHandler {

		final List<String> called = new CopyOnWriteArrayList<>();

		final CountDownLatch failed = new CountDownLatch(1);

		private final String method;

		private final Throwable thrown;

		Throwing(String method, Throwable thrown) {
			this.method = method;
			this.thrown = thrown;
		}

		private void call(String method) {
			this.called.add(method);
			if (method.equals(this.method)) {
				Throwing.<RuntimeException>raise(this.thrown);
			}
		}

		@SuppressWarnings("unchecked")
		private static <T extends Throwable> void raise(Throwable thrown) throws T {
			throw (T) thrown;
		}

		@Override
		public void onPartialThinking(PartialThinking partial) {
			call("onPartialThinking");
		}

		@Override
		public void onPartialResponse(PartialResponse partial, PartialResponseContext context) {
			call("onPartialResponse");
		}

		@Override
		public void onPartialToolCall(PartialToolCall partial) {
			call("onPartialToolCall");
		}

		@Override
		public void onCompleteToolCall(CompleteToolCall complete) {
			call("onCompleteToolCall");
		}

		@Override
		public void onCompleteResponse(ChatResponse response) {
			call("onCompleteResponse");
		}

		@Override
		public void onError(Throwable error) {
			try {
				call("onError");
			}
			finally {
				this.failed.countDown();
			}
		}

	}

}
