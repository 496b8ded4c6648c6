package io.arcllm.provider.openai;

import java.util.Arrays;
import java.util.function.Consumer;

import io.arcllm.AnswerBuilder;
import io.arcllm.Content;
import io.arcllm.LlmEvent;
import io.arcllm.LlmException;
import io.arcllm.LlmResponse;
import io.arcllm.StopReason;
import io.arcllm.Target;
import io.arcllm.ToolCall;
import io.arcllm.Usage;
import io.arcllm.provider.AnswerContext;
import io.arcllm.provider.AnswerDecoder;
import io.arcllm.provider.Frame;
import io.arcllm.provider.RepeatedFrame;
import io.arcllm.provider.StopWords;
import io.arcllm.provider.json.Json;
import io.arcllm.provider.openai.OpenAiToolCalls.OpenAiToolPiece;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/**
 * Reads the answers of OpenAI and of vendors with its format. A stream is complete when
 * it gave a reason for its end, or the marker {@code [DONE]} after content.
 */
final class OpenAiDecoder implements AnswerDecoder {

	private static final Consumer<LlmEvent> NO_OUTPUT = (event) -> {
	};

	private static final int LONGEST_WORDS = 8192;

	private final AnswerContext context;

	private final OpenAiTokens tokens;

	private final AnswerBuilder answer = new AnswerBuilder();

	private final OpenAiToolCalls calls = new OpenAiToolCalls();

	private final OpenAiDetails details = new OpenAiDetails();

	private final RepeatedFrame repeated = new RepeatedFrame();

	private OpenAiChunk chunk;

	private Consumer<LlmEvent> out = NO_OUTPUT;

	private final Consumer<LlmEvent> pass = this::pass;

	private @Nullable String finishReason;

	/**
	 * Together sends a stop reason at the end of every tool call; only the last one
	 * counts.
	 */
	private boolean finished;

	private boolean refused;

	private boolean over;

	/** The last text that came instead of a piece of an answer. */
	private byte @Nullable [] words;

	OpenAiDecoder(AnswerContext context, boolean reasoningApart) {
		this.context = context;
		this.tokens = new OpenAiTokens(reasoningApart);
		this.chunk = new OpenAiChunk("delta", this.tokens);
	}

	@Override
	public LlmResponse whole(byte[] body) {
		this.chunk = new OpenAiChunk("message", this.tokens);
		read(body, 0, body.length);
		if (!this.chunk.hasChoice) {
			if (this.chunk.saysWhy()) {
				throw inBand(body, 0, body.length);
			}
			throw this.context.malformed("it has no choices", null);
		}
		endCalls(NO_OUTPUT);
		return build();
	}

	@Override
	public void frame(Frame frame, Consumer<LlmEvent> out) {
		if (this.over) {
			return;
		}
		if ("error".equals(frame.event())) {
			throw inBand(frame.bytes(), frame.offset(), frame.length());
		}
		if (frame.is("[DONE]")) {
			this.over = true;
			endCalls(out);
		}
		else if (frame.length() > 0) {
			this.out = out;
			String words = this.repeated.words(frame);
			if (words != null) {
				text(words);
			}
			else {
				study(frame);
			}
			this.out = NO_OUTPUT;
		}
	}

	private void study(Frame frame) {
		this.chunk.delta.locates = this.repeated.wantsExample();
		read(frame.bytes(), frame.offset(), frame.length());
		if (this.chunk.hasChoice && this.chunk.delta.isOneText()) {
			this.repeated.learn(frame, frame.offset() + this.chunk.delta.textAt + 1);
		}
		if (this.chunk.saysWhy() && frame.length() <= LONGEST_WORDS) {
			this.words = Arrays.copyOfRange(frame.bytes(), frame.offset(), frame.offset() + frame.length());
		}
	}

	@Override
	public Usage used() {
		return this.tokens.usage();
	}

	@Override
	public boolean isOver() {
		return this.over;
	}

	@Override
	public LlmResponse end() {
		boolean marked = this.over && !this.answer.isEmpty() && !this.calls.hasHalfMade();
		boolean complete = this.finished || marked;
		if (!complete && this.words != null && this.answer.isEmpty()) {
			throw inBand(this.words, 0, this.words.length);
		}
		if (!complete) {
			throw this.context.interrupted(partial());
		}
		return build();
	}

	private void read(byte[] bytes, int offset, int length) {
		String wrong = null;
		try {
			wrong = this.chunk.read(bytes, offset, length) ? null : "it is no JSON object";
		}
		catch (JacksonException ex) {
			wrong = "it is not JSON";
		}
		// an error stays an error, whatever follows it
		if (this.chunk.isError) {
			throw inBand(bytes, offset, length);
		}
		if (wrong != null) {
			throw this.context.malformed(wrong, null);
		}
		if (this.chunk.hasChoice) {
			apply(this.chunk.delta);
			applyMessage();
		}
	}

	/**
	 * Some vendors send the whole message at once, and some repeat it after its pieces.
	 */
	private void applyMessage() {
		OpenAiDelta message = this.chunk.message;
		if (message != null && this.answer.isEmpty()) {
			// the reason stands beside it, and ends it
			message.finishReason = this.chunk.delta.finishReason;
			apply(message);
		}
	}

	private void apply(OpenAiDelta delta) {
		if (!delta.reasoningDetails.isEmpty() || delta.extra != null) {
			this.details.add(delta);
			this.context.checkParts(this.details.count());
			this.answer.keepPlace();
		}
		String thinking = delta.thinking();
		if (thinking != null && !thinking.isEmpty()) {
			pass(new LlmEvent.ThinkingDelta(thinking));
		}
		text(delta.text);
		if (delta.refusal != null && !delta.refusal.isEmpty()) {
			this.refused = true;
			text(delta.refusal);
		}
		for (OpenAiToolPiece piece : delta.toolPieces) {
			this.calls.add(piece, AnswerContext.idForOthers(this.chunk.id), this.pass);
			this.context.checkToolCalls(this.calls.count());
		}
		if (StopWords.isBroken(delta.finishReason)) {
			throw this.context.givenUp(delta.finishReason, partial());
		}
		if (delta.finishReason != null && !delta.finishReason.isEmpty()) {
			this.calls.end(this.pass);
			this.finishReason = delta.finishReason;
			this.finished = true;
		}
	}

	private void endCalls(Consumer<LlmEvent> out) {
		boolean finished = this.finished;
		this.out = out;
		this.calls.end(this.pass);
		this.out = NO_OUTPUT;
		this.finished = finished;
	}

	private void text(@Nullable String text) {
		if (text != null && !text.isEmpty()) {
			pass(new LlmEvent.TextDelta(text));
		}
	}

	private void pass(LlmEvent event) {
		this.finished = false;
		this.answer.add(event);
		this.out.accept(event);
	}

	private LlmResponse build() {
		if (this.calls.hasNameless()) {
			throw this.context.malformed("a tool call has no name", null);
		}
		String provider = this.context.target().provider();
		this.calls.extras((number, json) -> this.answer.vendorData(number, new ToolCall.VendorData(json, provider)));
		String details = this.details.take();
		if (details != null) {
			this.answer.opaque(new Content.Opaque(details, provider));
		}
		LlmResponse whole = this.answer.usage(this.tokens.usage())
			.requestId(requestId())
			.build(target(), Json.objects());
		LlmResponse judged = this.context.judged(whole, this.finishReason);
		return this.refused
				? judged.mutate().stopReason(new StopReason(StopReason.Type.REFUSAL, judged.stopReason().raw())).build()
				: judged;
	}

	@Override
	public int kept() {
		return this.calls.kept() + this.details.kept();
	}

	private @Nullable LlmResponse partial() {
		return this.answer.isEmpty() ? null
				: this.answer.usage(this.tokens.usage()).requestId(requestId()).buildPartial(target());
	}

	private LlmException inBand(byte[] bytes, int offset, int length) {
		return this.context.inBand(bytes, offset, length, partial());
	}

	private @Nullable String requestId() {
		return this.context.id(this.chunk.id);
	}

	private Target target() {
		return this.context.answered(this.chunk.model);
	}

}
