package io.arcllm.provider.anthropic;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;

import io.arcllm.AnswerBuilder;
import io.arcllm.Content;
import io.arcllm.LlmEvent;
import io.arcllm.LlmException;
import io.arcllm.LlmResponse;
import io.arcllm.Target;
import io.arcllm.Usage;
import io.arcllm.provider.AnswerContext;
import io.arcllm.provider.AnswerDecoder;
import io.arcllm.provider.Frame;
import io.arcllm.provider.RepeatedFrame;
import io.arcllm.provider.StopWords;
import io.arcllm.provider.json.Json;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/**
 * Reads Anthropic's answers. Only {@code message_stop} ends a streamed one.
 */
final class AnthropicDecoder implements AnswerDecoder {

	private final AnswerContext context;

	private final AnthropicEvent event = new AnthropicEvent();

	private final AnswerBuilder answer = new AnswerBuilder();

	/** By their indexes, in the order in which they began. */
	private final Map<Integer, AnthropicBlock> open = new LinkedHashMap<>(4);

	private final AnthropicCalls calls;

	private final RepeatedFrame repeated = new RepeatedFrame();

	private @Nullable String messageId;

	private int parts;

	private int kept;

	private boolean complete;

	AnthropicDecoder(AnswerContext context) {
		this.context = context;
		this.calls = new AnthropicCalls(context);
	}

	@Override
	public LlmResponse whole(byte[] body) {
		read(body, 0, body.length);
		if (!this.event.hasContent) {
			if (this.event.saysWhy()) {
				throw this.context.errors().read(body, 0, body.length);
			}
			throw this.context.malformed("it has no content", null);
		}
		blocks((delta) -> {
		});
		return response();
	}

	@Override
	public void frame(Frame frame, Consumer<LlmEvent> out) {
		if (this.complete || frame.length() == 0) {
			return;
		}
		if ("error".equals(frame.event())) {
			throw this.context.errors().read(frame.bytes(), frame.offset(), frame.length());
		}
		String words = this.repeated.words(frame);
		if (words != null) {
			text(words, out);
			return;
		}
		this.event.locates = this.repeated.wantsExample();
		read(frame.bytes(), frame.offset(), frame.length());
		if (this.event.isOneText()) {
			this.repeated.learn(frame, frame.offset() + this.event.textAt + 1);
		}
		switch (this.event.type) {
			case BLOCK_DELTA -> delta(out);
			case BLOCK_START -> start(out);
			case BLOCK_STOP -> stop(this.open.remove(this.event.index), out);
			case MESSAGE_START -> messageStart(out);
			case MESSAGE_STOP -> messageStop(out);
			case NONE ->
				throw this.event.saysWhy() ? this.context.errors().read(frame.bytes(), frame.offset(), frame.length())
						: this.context.malformed("an event has no type", null);
			default -> {
			}
		}
	}

	private void read(byte[] bytes, int offset, int length) {
		LlmException wrong = null;
		try {
			wrong = this.event.read(bytes, offset, length) ? null
					: this.context.malformed("it is no JSON object", null);
		}
		catch (JacksonException ex) {
			wrong = this.context.malformed("it is not JSON", null);
		}
		// an error stays an error, whatever follows it
		if (this.event.isError || this.event.type == AnthropicEvent.Type.ERROR) {
			throw this.context.errors().read(bytes, offset, length);
		}
		if (wrong != null) {
			throw wrong;
		}
	}

	/**
	 * A second message in the same stream is another answer, which is an error.
	 */
	private void messageStart(Consumer<LlmEvent> out) {
		if (this.messageId != null && !this.messageId.equals(this.event.id)) {
			throw this.context.malformed("another message begins inside it", null);
		}
		this.messageId = this.event.id;
		blocks(out);
	}

	/** The end of the message is the end of its blocks, too. */
	private void messageStop(Consumer<LlmEvent> out) {
		this.open.values().forEach((block) -> stop(block, out));
		this.open.clear();
		this.complete = true;
	}

	private void blocks(Consumer<LlmEvent> out) {
		for (AnthropicBlock block : this.event.content) {
			begin(block, out);
			stop(block, out);
		}
	}

	private void start(Consumer<LlmEvent> out) {
		if (this.event.content.isEmpty()) {
			throw this.context.malformed("a block is missing", null);
		}
		AnthropicBlock block = this.event.content.get(0);
		this.open.put(this.event.index, block);
		begin(block, out);
	}

	private void begin(AnthropicBlock block, Consumer<LlmEvent> out) {
		this.kept += AnswerContext.PART;
		this.context.checkParts(++this.parts);
		switch (block.type) {
			case "text" -> {
				this.answer.endBlock();
				text(block.text, out);
			}
			case "thinking" -> {
				this.answer.endBlock();
				thinking(block.thinking, out);
			}
			case "redacted_thinking" -> {
				keep(block.data);
				this.answer.endBlock().thinking(new Content.Thinking("", null, block.data, provider()));
			}
			case "tool_use" -> this.calls.begin(block, (delta) -> pass(delta, out));
			default -> keep(block.raw);
		}
		keep(block.signature());
	}

	private void keep(@Nullable String text) {
		this.kept += (text == null) ? 0 : text.length();
	}

	private void delta(Consumer<LlmEvent> out) {
		if (!this.event.hasDelta) {
			throw this.context.malformed("a delta is missing", null);
		}
		AnthropicBlock block = this.open.get(this.event.index);
		if (block != null && block.raw != null) {
			keepPiece(block, "partial_json", this.event.json);
			keepPiece(block, "text", this.event.text);
			keepPiece(block, String.valueOf(this.event.otherField), this.event.other);
			return;
		}
		text(this.event.text, out);
		thinking(this.event.thinking, out);
		if (this.event.json != null) {
			arguments(block, this.event.json, out);
		}
		if (this.event.signature != null && block != null) {
			keep(this.event.signature);
			block.sign(this.event.signature);
		}
	}

	private void keepPiece(AnthropicBlock block, String field, @Nullable String piece) {
		if (piece != null) {
			keep(field);
			keep(piece);
			block.add(field, piece);
		}
	}

	private void arguments(@Nullable AnthropicBlock block, String json, Consumer<LlmEvent> out) {
		if (block == null) {
			throw this.context.malformed("arguments belong to no tool call", null);
		}
		if (block.call != null) {
			this.calls.arguments(block.call, json, (delta) -> pass(delta, out));
		}
	}

	private void stop(@Nullable AnthropicBlock block, Consumer<LlmEvent> out) {
		if (block == null) {
			return;
		}
		if (block.call != null) {
			this.calls.end(block, block.call, (delta) -> pass(delta, out));
		}
		if (block.raw != null) {
			this.answer.opaque(new Content.Opaque(block.opaque(), provider()));
		}
		if (block.type.equals("thinking")) {
			endThought(block.signature());
		}
	}

	private void endThought(@Nullable String signature) {
		String thought = this.answer.openThinking();
		if (!thought.isEmpty() || signature != null) {
			this.answer.thinking(new Content.Thinking(thought, signature, null, provider()));
		}
	}

	private void text(@Nullable String text, Consumer<LlmEvent> out) {
		if (text != null && !text.isEmpty()) {
			pass(new LlmEvent.TextDelta(text), out);
		}
	}

	private void thinking(@Nullable String text, Consumer<LlmEvent> out) {
		if (text != null && !text.isEmpty()) {
			pass(new LlmEvent.ThinkingDelta(text), out);
		}
	}

	private void pass(LlmEvent delta, Consumer<LlmEvent> out) {
		this.answer.add(delta);
		out.accept(delta);
	}

	@Override
	public Usage used() {
		return this.event.tokens.toUsage();
	}

	@Override
	public boolean isOver() {
		return this.complete;
	}

	@Override
	public LlmResponse end() {
		if (this.complete) {
			return response();
		}
		throw this.context.interrupted(describe().buildPartial(target()));
	}

	private LlmResponse response() {
		if (StopWords.isBroken(this.event.stopReason)) {
			throw this.context.givenUp(this.event.stopReason,
					this.answer.isEmpty() ? null : describe().buildPartial(target()));
		}
		return this.context.judged(describe().build(target(), Json.objects()), this.event.stopReason);
	}

	private AnswerBuilder describe() {
		return this.answer.usage(this.event.tokens.toUsage()).requestId(this.context.id(this.event.id));
	}

	@Override
	public int kept() {
		return this.kept + this.calls.kept();
	}

	private String provider() {
		return this.context.target().provider();
	}

	private Target target() {
		return this.context.answered(this.event.model);
	}

}
