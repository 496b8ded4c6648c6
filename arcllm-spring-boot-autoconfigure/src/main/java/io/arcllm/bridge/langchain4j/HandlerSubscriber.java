package io.arcllm.bridge.langchain4j;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.CompleteToolCall;
import dev.langchain4j.model.chat.response.PartialResponse;
import dev.langchain4j.model.chat.response.PartialResponseContext;
import dev.langchain4j.model.chat.response.PartialThinking;
import dev.langchain4j.model.chat.response.PartialThinkingContext;
import dev.langchain4j.model.chat.response.PartialToolCall;
import dev.langchain4j.model.chat.response.PartialToolCallContext;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.chat.response.StreamingHandle;
import io.arcllm.AnswerBuilder;
import io.arcllm.ErrorKind;
import io.arcllm.LlmEvent;
import io.arcllm.LlmException;
import io.arcllm.LlmResponse;
import io.arcllm.Target;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.reactivestreams.Subscription;
import reactor.core.Exceptions;
import reactor.core.publisher.BaseSubscriber;

/**
 * Notifies a handler of the events of one stream. Invariants: once {@code ended}, no
 * method of the handler is called; {@code ended} is set before the last of its methods is
 * called. A tool call is reported only when the whole answer is complete, because
 * LangChain4j runs it at once, and would run it again after an attempt that breaks off.
 */
final class HandlerSubscriber extends BaseSubscriber<LlmEvent> {

	private static final Log logger = LogFactory.getLog(HandlerSubscriber.class);

	private final StreamingChatResponseHandler handler;

	private final AnswerBuilder told = new AnswerBuilder();

	private final Map<Integer, LlmEvent.ToolCallDelta> begun = new HashMap<>();

	private boolean words;

	private boolean ended;

	private final Handle handle = new Handle();

	private final LlmEvent.Visitor telling = new Telling();

	HandlerSubscriber(StreamingChatResponseHandler handler) {
		this.handler = handler;
	}

	@Override
	protected void hookOnSubscribe(Subscription subscription) {
		subscription.request(Long.MAX_VALUE);
	}

	@Override
	protected void hookOnNext(LlmEvent event) {
		if (this.ended || this.handle.cancelled) {
			return;
		}
		try {
			event.accept(this.telling);
		}
		catch (Throwable ex) {
			Exceptions.throwIfJvmFatal(ex);
			upstream().cancel();
			fail(ex);
		}
	}

	private void partial(LlmEvent.ToolCallDelta delta) {
		LlmEvent.ToolCallDelta first = this.begun.computeIfAbsent(delta.index(), (index) -> delta);
		if (!delta.argumentsFragment().isEmpty() && !first.name().isBlank()) {
			this.handler.onPartialToolCall(PartialToolCall.builder()
				.index(delta.index())
				.id(first.id())
				.name(first.name())
				.partialArguments(delta.argumentsFragment())
				.build(), new PartialToolCallContext(this.handle));
		}
	}

	private void complete(LlmResponse answer) {
		if (!this.words && !answer.text().isEmpty()) {
			this.handler.onPartialResponse(new PartialResponse(answer.text()), new PartialResponseContext(this.handle));
		}
		ChatResponse response = ResponseWriter.write(answer);
		List<ToolExecutionRequest> calls = response.aiMessage().toolExecutionRequests();
		for (int i = 0; i < calls.size() && !this.handle.cancelled; i++) {
			this.handler.onCompleteToolCall(new CompleteToolCall(i, calls.get(i)));
		}
		if (!this.handle.cancelled) {
			this.ended = true;
			this.handler.onCompleteResponse(response);
		}
	}

	/**
	 * What the handler got cannot be taken back, and two answers must not be joined, so a
	 * restart ends the stream.
	 */
	private void restart(LlmEvent.Restarted restarted) {
		if (this.told.isEmpty()) {
			return;
		}
		upstream().cancel();
		fail(LlmException
			.of(ErrorKind.INTERRUPTED, "The answer broke off, and cannot be taken back here: " + restarted.reason())
			.partial(this.told.buildPartial(new Target("", null)))
			.build());
	}

	@Override
	protected void hookOnError(Throwable failure) {
		if (!this.ended && !this.handle.cancelled) {
			fail(failure);
		}
	}

	private void fail(Throwable failure) {
		this.ended = true;
		try {
			this.handler.onError(failure);
		}
		catch (Throwable ex) {
			Exceptions.throwIfJvmFatal(ex);
			logger.warn("A handler threw in its onError", ex);
		}
	}

	@Override
	protected void hookOnComplete() {
		if (!this.ended && !this.handle.cancelled) {
			fail(LlmException.of(ErrorKind.INTERRUPTED, "The stream ended without an answer")
				.partial(this.told.buildPartial(new Target("", null)))
				.build());
		}
	}

	/** Notifies the handler of each type of event. */
	private final class Telling implements LlmEvent.Visitor {

		@Override
		public void text(LlmEvent.TextDelta delta) {
			HandlerSubscriber.this.told.add(delta);
			HandlerSubscriber.this.words = true;
			HandlerSubscriber.this.handler.onPartialResponse(new PartialResponse(delta.text()),
					new PartialResponseContext(HandlerSubscriber.this.handle));
		}

		@Override
		public void thinking(LlmEvent.ThinkingDelta delta) {
			HandlerSubscriber.this.told.add(delta);
			HandlerSubscriber.this.handler.onPartialThinking(new PartialThinking(delta.text()),
					new PartialThinkingContext(HandlerSubscriber.this.handle));
		}

		@Override
		public void toolCall(LlmEvent.ToolCallDelta delta) {
			HandlerSubscriber.this.told.add(delta);
			partial(delta);
		}

		@Override
		public void restarted(LlmEvent.Restarted restarted) {
			restart(restarted);
		}

		@Override
		public void completed(LlmEvent.Completed completed) {
			complete(completed.response());
		}

	}

	/** Lets the handler cancel the stream, after which none of its methods is called. */
	private final class Handle implements StreamingHandle {

		private volatile boolean cancelled;

		@Override
		public void cancel() {
			this.cancelled = true;
			HandlerSubscriber.this.cancel();
		}

		@Override
		public boolean isCancelled() {
			return this.cancelled;
		}

	}

}
