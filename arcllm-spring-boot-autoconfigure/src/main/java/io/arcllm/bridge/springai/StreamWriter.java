package io.arcllm.bridge.springai;

import io.arcllm.AnswerBuilder;
import io.arcllm.ErrorKind;
import io.arcllm.LlmEvent;
import io.arcllm.LlmException;
import io.arcllm.LlmResponse;
import io.arcllm.Target;
import org.springframework.ai.chat.model.ChatResponse;
import reactor.core.publisher.SynchronousSink;

/**
 * Writes one stream of events as responses: words as they come, and a last response with
 * the tool calls, the usage and the finish reason.
 */
final class StreamWriter {

	private final AnswerBuilder told = new AnswerBuilder();

	private boolean words;

	void write(LlmEvent event, SynchronousSink<ChatResponse> sink) {
		event.accept(new Writing(sink));
	}

	/**
	 * Spring AI joins all words of a stream, so a restart ends it: words of two answers
	 * must not be joined.
	 */
	private LlmException takenBack(LlmEvent.Restarted restarted) {
		return LlmException
			.of(ErrorKind.INTERRUPTED, "The answer broke off, and cannot be taken back here: " + restarted.reason())
			.partial(this.told.buildPartial(new Target("", null)))
			.build();
	}

	/**
	 * Writes one event.
	 */
	private final class Writing implements LlmEvent.Visitor {

		private final SynchronousSink<ChatResponse> sink;

		Writing(SynchronousSink<ChatResponse> sink) {
			this.sink = sink;
		}

		@Override
		public void text(LlmEvent.TextDelta delta) {
			StreamWriter.this.told.add(delta);
			StreamWriter.this.words = true;
			this.sink.next(ResponseWriter.delta(delta.text()));
		}

		@Override
		public void thinking(LlmEvent.ThinkingDelta delta) {
			StreamWriter.this.told.add(delta);
			this.sink.next(ResponseWriter.thinking(delta.text()));
		}

		/** Tool calls are written once, in the last response. */
		@Override
		public void toolCall(LlmEvent.ToolCallDelta delta) {
		}

		@Override
		public void restarted(LlmEvent.Restarted restarted) {
			if (!StreamWriter.this.told.isEmpty()) {
				this.sink.error(takenBack(restarted));
			}
		}

		@Override
		public void completed(LlmEvent.Completed completed) {
			LlmResponse answer = completed.response();
			this.sink.next(ResponseWriter.write(answer, StreamWriter.this.words ? "" : answer.text()));
		}

	}

}
