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
 * Writes one stream of events as responses: words as they come, and at last a response
 * with the tool calls, the usage and the reason to stop, which are said once.
 */
final class StreamWriter {

	private final AnswerBuilder told = new AnswerBuilder();

	private boolean words;

	void write(LlmEvent event, SynchronousSink<ChatResponse> sink) {
		if (event instanceof LlmEvent.TextDelta delta) {
			this.told.add(event);
			this.words = true;
			sink.next(ResponseWriter.delta(delta.text()));
		}
		else if (event instanceof LlmEvent.ThinkingDelta delta) {
			this.told.add(event);
			sink.next(ResponseWriter.thinking(delta.text()));
		}
		else if (event instanceof LlmEvent.Completed completed) {
			LlmResponse answer = completed.response();
			sink.next(ResponseWriter.write(answer, this.words ? "" : answer.text()));
		}
		else if (event instanceof LlmEvent.Restarted restarted && !this.told.isEmpty()) {
			sink.error(takenBack(restarted));
		}
	}

	/** Spring AI joins all words of a stream: those of two answers must not meet. */
	private LlmException takenBack(LlmEvent.Restarted restarted) {
		return LlmException
			.of(ErrorKind.INTERRUPTED, "The answer broke off, and cannot be taken back here: " + restarted.reason())
			.partial(this.told.buildPartial(new Target("", null)))
			.build();
	}

}
