package io.arcllm.bridge.langchain4j;

import java.util.Objects;

import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.CompleteToolCall;
import dev.langchain4j.model.chat.response.PartialResponse;
import dev.langchain4j.model.chat.response.PartialResponseContext;
import dev.langchain4j.model.chat.response.PartialThinking;
import dev.langchain4j.model.chat.response.PartialThinkingContext;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.chat.response.StreamingHandle;
import io.arcllm.LlmEvent;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.FluxSink;

/**
 * Passes on the callbacks of a streaming model. Only the first end counts, because some
 * models complete after an error with a partial answer.
 */
final class SinkHandler implements StreamingChatResponseHandler {

	private final FluxSink<LlmEvent> sink;

	private final ResponseReader reader;

	private volatile @Nullable StreamingHandle handle;

	private volatile boolean cancelled;

	SinkHandler(FluxSink<LlmEvent> sink, ResponseReader reader) {
		this.sink = sink;
		this.reader = reader;
	}

	/**
	 * Cancels the model. Before its first callback there is no handle, so it is cancelled
	 * with that callback.
	 */
	void cancel() {
		this.cancelled = true;
		StreamingHandle handle = this.handle;
		if (handle != null) {
			cancel(handle);
		}
	}

	private static void cancel(StreamingHandle handle) {
		try {
			handle.cancel();
		}
		catch (RuntimeException ex) {
			// a model that cannot be cancelled continues, and is ignored
		}
	}

	private void keep(StreamingHandle handle) {
		this.handle = handle;
		if (this.cancelled) {
			cancel(handle);
		}
	}

	@Override
	public void onPartialResponse(PartialResponse partial, PartialResponseContext context) {
		keep(context.streamingHandle());
		onPartialResponse(partial.text());
	}

	@Override
	public void onPartialResponse(String text) {
		if (!text.isEmpty()) {
			this.sink.next(this.reader.add(new LlmEvent.TextDelta(text)));
		}
	}

	@Override
	public void onPartialThinking(PartialThinking partial, PartialThinkingContext context) {
		keep(context.streamingHandle());
		onPartialThinking(partial);
	}

	@Override
	public void onPartialThinking(PartialThinking partial) {
		this.sink.next(this.reader.add(new LlmEvent.ThinkingDelta(partial.text())));
	}

	@Override
	public void onCompleteToolCall(CompleteToolCall call) {
		this.sink.next(this.reader.call(call.toolExecutionRequest()));
	}

	@Override
	public void onCompleteResponse(ChatResponse response) {
		try {
			this.reader.rest(response).forEach(this.sink::next);
			this.sink.complete();
		}
		catch (RuntimeException ex) {
			this.sink.error(ex);
		}
	}

	@Override
	public void onError(Throwable error) {
		this.sink.error(Objects.requireNonNullElseGet(error, this.reader::noAnswer));
	}

}
