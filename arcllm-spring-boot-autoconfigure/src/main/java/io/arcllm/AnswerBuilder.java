package io.arcllm;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

/**
 * Builds an answer from its deltas, for adapters and for the partial answer of a stream
 * that broke off; {@link #deltas} does the reverse. Blocks keep the order in which they
 * began. Not safe for use by several threads.
 */
public final class AnswerBuilder {

	private static final StopReason UNKNOWN = new StopReason(StopReason.Type.OTHER, "");

	/**
	 * The blocks so far. Invariant: {@code openText} and {@code openThinking} are the
	 * last block or {@code null}, but for thinking that ends after another block began,
	 * and for a place that is kept.
	 */
	private final List<Part> parts = new ArrayList<>(2);

	private @Nullable Words openText;

	private @Nullable Words openThinking;

	private Map<Integer, CallPart> calls = Map.of();

	private @Nullable Place place;

	private Usage usage = Usage.UNKNOWN;

	private StopReason stopReason = UNKNOWN;

	private @Nullable String requestId;

	/**
	 * A builder that continues a partial answer.
	 */
	public static AnswerBuilder of(LlmResponse partial) {
		AnswerBuilder answer = new AnswerBuilder().usage(partial.usage());
		partial.content().forEach(answer::block);
		return answer;
	}

	/**
	 * The deltas of a whole answer, for a caller that requested a stream.
	 */
	public static List<LlmEvent> deltas(LlmResponse response) {
		List<LlmEvent> deltas = new ArrayList<>();
		int calls = 0;
		for (Content block : response.content()) {
			if (block instanceof Content.Thinking thinking && !thinking.text().isEmpty()) {
				deltas.add(new LlmEvent.ThinkingDelta(thinking.text()));
			}
			else if (block instanceof Content.Text text && !text.text().isEmpty()) {
				deltas.add(new LlmEvent.TextDelta(text.text()));
			}
			else if (block instanceof ToolCall call) {
				deltas.add(new LlmEvent.ToolCallDelta(calls++, call.id(), call.name(), written(call)));
			}
		}
		return deltas;
	}

	/** A call made by a program has no arguments as a model wrote them. */
	private static String written(ToolCall call) {
		Map<String, @Nullable Object> parsed = call.parsedArguments();
		return (!call.rawArguments().isBlank() || parsed == null || parsed.isEmpty()) ? call.rawArguments()
				: TypedAnswer.types().write(parsed);
	}

	/**
	 * Adds a delta. A restart discards what came before; other events without content are
	 * ignored.
	 */
	public AnswerBuilder add(LlmEvent event) {
		event.addTo(this);
		return this;
	}

	/** Adds words to the open block of text, or begins one. */
	public AnswerBuilder text(String words) {
		if (words.isEmpty()) {
			return this;
		}
		if (this.openText == null) {
			endBlock();
			this.openText = new Words(false);
			this.parts.add(this.openText);
		}
		this.openText.add(words);
		return this;
	}

	/** Adds words to the open block of thinking, or begins one. */
	public AnswerBuilder thinking(String words) {
		if (words.isEmpty()) {
			return this;
		}
		if (this.openThinking == null) {
			endBlock();
			this.openThinking = new Words(true);
			this.parts.add(this.openThinking);
		}
		this.openText = null;
		this.openThinking.add(words);
		return this;
	}

	/**
	 * Ends a block of thinking that has a signature or is hidden. It replaces the open
	 * block of thinking.
	 */
	public AnswerBuilder thinking(Content.Thinking block) {
		int open = (this.openThinking == null) ? -1 : this.parts.lastIndexOf(this.openThinking);
		if (open >= 0) {
			this.parts.set(open, new Given(block));
			this.openThinking = null;
			return this;
		}
		return given(block);
	}

	/**
	 * Adds a block that only its vendor understands: at the kept place if there is one,
	 * else at the end.
	 */
	public AnswerBuilder opaque(Content.Opaque block) {
		if (this.place != null) {
			this.place.block = block;
			this.place = null;
			return this;
		}
		return given(block);
	}

	/**
	 * Keeps this place for a block that only its vendor understands and that is not
	 * complete yet. Later words continue the open block. Has no effect if a place is kept
	 * already.
	 */
	public AnswerBuilder keepPlace() {
		if (this.place == null) {
			this.place = new Place();
			this.parts.add(this.place);
		}
		return this;
	}

	private AnswerBuilder given(Content block) {
		endBlock();
		this.parts.add(new Given(block));
		return this;
	}

	/** Adds a piece of a tool call. The pieces of its arguments are joined. */
	public AnswerBuilder toolCall(int index, String id, String name, String argumentsFragment) {
		call(index).add(id, name, argumentsFragment);
		return this;
	}

	/** Adds a block unchanged. */
	public AnswerBuilder block(Content block) {
		if (block instanceof Content.Text text) {
			this.openText = null;
			return text(text.text());
		}
		if (block instanceof ToolCall call) {
			CallPart part = call(this.calls.size());
			part.add(call.id(), call.name(), call.rawArguments());
			part.vendorData = call.vendorData();
			part.parsed = call.parsedArguments();
			return this;
		}
		if (block instanceof Content.Thinking thinking && thinking.signature() == null && thinking.redacted() == null) {
			return thinking(thinking.text());
		}
		return given(block);
	}

	/** Ends the open block: the next words begin a new one. */
	public AnswerBuilder endBlock() {
		this.openText = null;
		this.openThinking = null;
		return this;
	}

	/** Discards what came before. */
	AnswerBuilder clear() {
		endBlock();
		this.parts.clear();
		this.place = null;
		this.calls = Map.of();
		return this;
	}

	/** Sets what the vendor attached to a tool call. */
	public AnswerBuilder vendorData(int index, ToolCall.VendorData data) {
		call(index).vendorData = data;
		return this;
	}

	private CallPart call(int index) {
		this.calls = this.calls.isEmpty() ? new HashMap<>(4) : this.calls;
		CallPart known = this.calls.get(index);
		if (known != null) {
			return known;
		}
		this.openText = null;
		CallPart call = new CallPart();
		this.calls.put(index, call);
		this.parts.add(call);
		return call;
	}

	/** The words of the open block of thinking. */
	public String openThinking() {
		return (this.openThinking == null) ? "" : this.openThinking.toString();
	}

	/** The tokens so far. */
	public AnswerBuilder usage(Usage usage) {
		this.usage = usage;
		return this;
	}

	/** The tokens so far. */
	public Usage usage() {
		return this.usage;
	}

	/** Why the model stopped. */
	public AnswerBuilder stopReason(StopReason stopReason) {
		this.stopReason = stopReason;
		return this;
	}

	/** The vendor's id for the request. */
	public AnswerBuilder requestId(@Nullable String requestId) {
		this.requestId = requestId;
		return this;
	}

	/**
	 * Whether no words, no thinking and no tool call came. Blocks that only their vendor
	 * understands do not count.
	 */
	public boolean isEmpty() {
		for (Part part : this.parts) {
			boolean opaque = part instanceof Place
					|| (part instanceof Given given && given.block() instanceof Content.Opaque);
			if (!opaque) {
				return false;
			}
		}
		return true;
	}

	/** Whether a tool call has begun. */
	public boolean hasToolCalls() {
		return !this.calls.isEmpty();
	}

	/**
	 * The answer.
	 * @param target the target that answered
	 * @param parser reads a tool call's arguments, or says {@code null} where they are no
	 * JSON object
	 */
	public LlmResponse build(Target target, Function<String, @Nullable Map<String, @Nullable Object>> parser) {
		List<Content> content = new ArrayList<>(this.parts.size());
		for (Part part : this.parts) {
			Content block = part.toContent(target, parser);
			if (block != null) {
				content.add(block);
			}
		}
		return new LlmResponse(content, this.usage, this.stopReason, target, this.requestId, null, null, Trail.EMPTY,
				false, null);
	}

	/**
	 * The partial answer of a stream that broke off. The arguments of its tool calls are
	 * not parsed.
	 */
	public LlmResponse buildPartial(Target target) {
		return build(target, (raw) -> null);
	}

	/**
	 * A block of the answer while it is made.
	 */
	private interface Part {

		/** {@code null} where it is not whole. */
		@Nullable Content toContent(Target target, Function<String, @Nullable Map<String, @Nullable Object>> parser);

	}

	/**
	 * A block that is complete from the start.
	 */
	private record Given(Content block) implements Part {

		@Override
		public Content toContent(Target target, Function<String, @Nullable Map<String, @Nullable Object>> parser) {
			return this.block;
		}

	}

	/** The place of a block that is not whole yet. */
	private static final class Place implements Part {

		private Content.@Nullable Opaque block;

		@Override
		public @Nullable Content toContent(Target target,
				Function<String, @Nullable Map<String, @Nullable Object>> parser) {
			return this.block;
		}

	}

	/** A whole answer has all its words in one piece, which is then not copied. */
	private static final class Words implements Part {

		private final boolean thinking;

		private String first = "";

		private @Nullable StringBuilder all;

		Words(boolean thinking) {
			this.thinking = thinking;
		}

		void add(String text) {
			if (this.all != null) {
				this.all.append(text);
			}
			else if (this.first.isEmpty()) {
				this.first = text;
			}
			else {
				this.all = new StringBuilder(this.first).append(text);
			}
		}

		@Override
		public Content toContent(Target target, Function<String, @Nullable Map<String, @Nullable Object>> parser) {
			return this.thinking ? new Content.Thinking(toString(), null, null, target.provider())
					: new Content.Text(toString());
		}

		@Override
		public String toString() {
			return (this.all == null) ? this.first : this.all.toString();
		}

	}

	/** A tool call, whose arguments come in pieces. */
	private static final class CallPart implements Part {

		private String id = "";

		private String name = "";

		private final StringBuilder arguments = new StringBuilder();

		private ToolCall.@Nullable VendorData vendorData;

		private @Nullable Map<String, @Nullable Object> parsed;

		void add(String id, String name, String fragment) {
			this.parsed = fragment.isEmpty() ? this.parsed : null;
			this.id = id.isEmpty() ? this.id : id;
			this.name = name.isEmpty() ? this.name : name;
			this.arguments.append(fragment);
		}

		@Override
		public Content toContent(Target target, Function<String, @Nullable Map<String, @Nullable Object>> parser) {
			String raw = this.arguments.toString();
			// Groq's models write null where a tool has no parameters
			boolean none = raw.isBlank() || raw.strip().equals("null");
			return new ToolCall(this.id, this.name, raw,
					(this.parsed != null) ? this.parsed : none ? Map.of() : parser.apply(raw), this.vendorData);
		}

	}

}
