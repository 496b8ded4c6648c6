package io.arcllm.provider.ollama;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

import io.arcllm.AnswerBuilder;
import io.arcllm.LlmEvent;
import io.arcllm.LlmResponse;
import io.arcllm.StopReason;
import io.arcllm.Target;
import io.arcllm.Usage;
import io.arcllm.provider.AnswerContext;
import io.arcllm.provider.AnswerDecoder;
import io.arcllm.provider.Frame;
import io.arcllm.provider.StopWords;
import io.arcllm.provider.json.Json;
import tools.jackson.core.JacksonException;

/**
 * Reads Ollama's answers. Only {@code "done": true} ends one.
 */
final class OllamaDecoder implements AnswerDecoder {

	private final AnswerContext context;

	private final OllamaLine line = new OllamaLine();

	private final AnswerBuilder answer = new AnswerBuilder();

	/** A call that is repeated under its id is the same one. */
	private final Map<String, OllamaLine.Call> byId = new HashMap<>(2);

	private int calls;

	OllamaDecoder(AnswerContext context) {
		this.context = context;
	}

	@Override
	public LlmResponse whole(byte[] body) {
		read(body, 0, body.length, (delta) -> {
		});
		return end();
	}

	@Override
	public void frame(Frame frame, Consumer<LlmEvent> out) {
		if (!this.line.isDone && frame.length() > 0) {
			read(frame.bytes(), frame.offset(), frame.length(), out);
		}
	}

	private void read(byte[] bytes, int offset, int length, Consumer<LlmEvent> out) {
		try {
			if (!this.line.read(bytes, offset, length)) {
				throw this.context.malformed("it is no JSON object", null);
			}
		}
		catch (JacksonException ex) {
			throw this.context.malformed("it is not JSON", null);
		}
		if (this.line.isError) {
			throw this.context.errors().read(bytes, offset, length);
		}
		if (!this.line.hasMessage && this.line.saysWhy()) {
			throw this.context.errors().read(bytes, offset, length);
		}
		if (!this.line.hasMessage && !this.line.isDone) {
			throw this.context.malformed("it has no message", null);
		}
		if (this.line.thinking != null && !this.line.thinking.isEmpty()) {
			pass(new LlmEvent.ThinkingDelta(this.line.thinking), out);
		}
		if (this.line.text != null && !this.line.text.isEmpty()) {
			pass(new LlmEvent.TextDelta(this.line.text), out);
		}
		for (OllamaLine.Call call : this.line.calls) {
			call(call, out);
		}
	}

	private void call(OllamaLine.Call call, Consumer<LlmEvent> out) {
		if (call.name() == null) {
			throw this.context.malformed("a tool call has no name", null);
		}
		this.context.checkToolCalls(this.calls + 1);
		String given = call.id();
		boolean named = given != null && !given.isEmpty();
		OllamaLine.Call known = named ? this.byId.putIfAbsent(String.valueOf(given), call) : null;
		if (known != null && known.equals(call)) {
			return;
		}
		String id = (given == null || given.isEmpty() || known != null) ? madeUpId() : given;
		pass(new LlmEvent.ToolCallDelta(this.calls++, id, call.name(), call.arguments()), out);
	}

	/**
	 * The same id for the same answer, and another one for the next answer of the
	 * conversation, because vendors that continue the conversation refuse an id that
	 * occurs twice.
	 */
	private String madeUpId() {
		String created = AnswerContext.idForOthers(this.line.createdAt);
		String time = (created == null) ? "" : created.replaceAll("[^0-9]", "") + "_";
		return "call_" + time + this.calls;
	}

	private void pass(LlmEvent delta, Consumer<LlmEvent> out) {
		this.answer.add(delta);
		out.accept(delta);
	}

	@Override
	public boolean isOver() {
		return this.line.isDone;
	}

	@Override
	public LlmResponse end() {
		this.answer.usage(new Usage(this.line.input, this.line.output, null, null, null))
			.requestId(this.context.requestId());
		String word = this.line.doneReason;
		if (!this.line.isDone) {
			throw this.context.interrupted(this.answer.buildPartial(target()));
		}
		if (StopWords.isBroken(word)) {
			throw this.context.givenUp(word, this.answer.isEmpty() ? null : this.answer.buildPartial(target()));
		}
		boolean silent = word == null || word.isEmpty();
		LlmResponse answer = this.context.judged(this.answer.build(target(), Json.objects()), silent ? "stop" : word);
		return silent ? answer.mutate().stopReason(new StopReason(answer.stopReason().type(), "")).build() : answer;
	}

	private Target target() {
		return this.context.answered(this.line.model);
	}

}
