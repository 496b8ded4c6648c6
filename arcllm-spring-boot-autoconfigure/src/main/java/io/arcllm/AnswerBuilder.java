package io.arcllm;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

/**
 * The one accumulator of an answer: for adapters, for what was delivered of an answer
 * that broke off, and back into deltas. Keeps the blocks in the order in which they
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
	 * An accumulator that continues with a part of an answer.
	 */
	public static AnswerBuilder of(LlmResponse partial) {
		AnswerBuilder answer = new AnswerBuilder().usage(partial.usage());
		partial.content().forEach(answer::block);
		return answer;
	}

	/**
	 * The deltas of an answer that came whole although a stream was asked for.
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
				deltas.add(new LlmEvent.ToolCallDelta(calls++, call.id(), call.name(), call.rawArguments()));
			}
		}
		return deltas;
	}

	/**
	 * Takes up a delta. A restart voids what came before; other events that are not
	 * content are ignored.
	 */
	public AnswerBuilder add(LlmEvent event) {
		event.addTo(this);
		return this;
	}

	/** Words of the answer, which belong to the text that is open. */
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

	/** Words of thinking, which belong to the thinking that is open. */
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
	 * Ends a block of thinking that has a signature or is hidden: it takes the place of
	 * the thinking that is open.
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
	 * A block that only its vendor understands: where a place is kept for it, else at the
	 * end.
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
	 * Keeps this place for the block that only its vendor understands: it has begun, and
	 * is not whole yet. Words go on in the block that is open. Without effect where a
	 * place is kept already.
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

	/** A piece of a tool call; the arguments' pieces are joined. */
	public AnswerBuilder toolCall(int index, String id, String name, String argumentsFragment) {
		call(index).add(id, name, argumentsFragment);
		return this;
	}

	/** A block as it is. */
	public AnswerBuilder block(Content block) {
		if (block instanceof Content.Text text) {
			this.openText = null;
			return text(text.text());
		}
		if (block instanceof ToolCall call) {
			int index = this.calls.size();
			toolCall(index, call.id(), call.name(), call.rawArguments());
			call(index).vendorData = call.vendorData();
			return this;
		}
		if (block instanceof Content.Thinking thinking && thinking.signature() == null && thinking.redacted() == null) {
			return thinking(thinking.text());
		}
		return given(block);
	}

	/** The next words belong to a block of their own. */
	public AnswerBuilder endBlock() {
		this.openText = null;
		this.openThinking = null;
		return this;
	}

	/** Voids what came before. */
	AnswerBuilder clear() {
		endBlock();
		this.parts.clear();
		this.place = null;
		this.calls = Map.of();
		return this;
	}

	/** What the vendor attached to a tool call. */
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

	/** What was thought since the last block ended. */
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
	 * Whether there is nothing of an answer: no words, no thinking and no tool call.
	 * Blocks that only their vendor understands are none.
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
	 * What there is of an answer that broke: the arguments of its tool calls stay raw.
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
	 * A block that is there as a whole.
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

		void add(String id, String name, String fragment) {
			this.id = id.isEmpty() ? this.id : id;
			this.name = name.isEmpty() ? this.name : name;
			this.arguments.append(fragment);
		}

		@Override
		public Content toContent(Target target, Function<String, @Nullable Map<String, @Nullable Object>> parser) {
			String raw = this.arguments.toString();
			// Groq's models write null where a tool has no parameters
			boolean none = raw.isBlank() || raw.strip().equals("null");
			return new ToolCall(this.id, this.name, raw, none ? Map.of() : parser.apply(raw), this.vendorData);
		}

	}

}
