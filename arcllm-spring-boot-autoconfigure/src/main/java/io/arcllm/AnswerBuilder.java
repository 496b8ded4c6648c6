package io.arcllm;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

/**
 * Puts an answer together from its deltas: for adapters, and for what was delivered of an
 * answer that broke. Not safe for use by several threads.
 */
public final class AnswerBuilder {

	private static final StopReason UNKNOWN = new StopReason(StopReason.Type.OTHER, "");

	private final Words text = new Words();

	private final Words thinkingText = new Words();

	private final List<Content.Thinking> thinking = new ArrayList<>(0);

	private Map<Integer, Fragments> tools = Map.of();

	private Usage usage = Usage.UNKNOWN;

	private StopReason stopReason = UNKNOWN;

	private @Nullable String requestId;

	/**
	 * Takes up a delta. A restart voids what came before; other events that are not
	 * content are ignored.
	 */
	public AnswerBuilder add(LlmEvent event) {
		if (event instanceof LlmEvent.TextDelta delta) {
			this.text.add(delta.text());
		}
		else if (event instanceof LlmEvent.ThinkingDelta delta) {
			this.thinkingText.add(delta.text());
		}
		else if (event instanceof LlmEvent.ToolCallDelta delta) {
			call(delta.index()).add(delta);
		}
		else if (event instanceof LlmEvent.Restarted) {
			this.text.clear();
			this.thinkingText.clear();
			this.thinking.clear();
			this.tools = Map.of();
		}
		return this;
	}

	/** Ends a block of thinking that has a signature or is hidden. */
	public AnswerBuilder thinking(Content.Thinking block) {
		this.thinkingText.clear();
		this.thinking.add(block);
		return this;
	}

	/** What the vendor attached to a tool call. */
	public AnswerBuilder vendorData(int index, ToolCall.VendorData data) {
		call(index).vendorData = data;
		return this;
	}

	private Fragments call(int index) {
		this.tools = this.tools.isEmpty() ? new TreeMap<>() : this.tools;
		return this.tools.computeIfAbsent(index, (unknown) -> new Fragments());
	}

	/** What was thought since the last block ended. */
	public String openThinking() {
		return this.thinkingText.toString();
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

	/** Whether there is anything of an answer. */
	public boolean isEmpty() {
		return this.text.isEmpty() && this.thinkingText.isEmpty() && this.thinking.isEmpty() && this.tools.isEmpty();
	}

	/**
	 * The answer.
	 * @param target who answered
	 * @param parser reads a tool call's arguments, or says {@code null} where they are no
	 * JSON object
	 */
	public LlmResponse build(Target target, Function<String, @Nullable Map<String, @Nullable Object>> parser) {
		return new LlmResponse(this.text.toString(), thoughts(target), calls(parser), this.usage, this.stopReason,
				target, this.requestId, null, null, Trail.EMPTY);
	}

	private List<Content.Thinking> thoughts(Target target) {
		if (this.thinkingText.isEmpty()) {
			return this.thinking.isEmpty() ? List.of() : this.thinking;
		}
		List<Content.Thinking> thoughts = new ArrayList<>(this.thinking);
		thoughts.add(new Content.Thinking(this.thinkingText.toString(), null, null, target.provider()));
		return thoughts;
	}

	private List<ToolCall> calls(Function<String, @Nullable Map<String, @Nullable Object>> parser) {
		return this.tools.isEmpty() ? List.of()
				: this.tools.values().stream().map((fragments) -> fragments.toCall(parser)).toList();
	}

	/**
	 * What there is of an answer that broke: the arguments of its tool calls stay raw.
	 */
	public LlmResponse buildPartial(Target target) {
		return build(target, (raw) -> null);
	}

	/** A whole answer has all its words in one piece, which is then not copied. */
	private static final class Words {

		private String first = "";

		private @Nullable StringBuilder all;

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

		void clear() {
			this.first = "";
			this.all = null;
		}

		boolean isEmpty() {
			return this.first.isEmpty();
		}

		@Override
		public String toString() {
			return (this.all == null) ? this.first : this.all.toString();
		}

	}

	private static final class Fragments {

		private String id = "";

		private String name = "";

		private final StringBuilder arguments = new StringBuilder();

		private ToolCall.@Nullable VendorData vendorData;

		void add(LlmEvent.ToolCallDelta delta) {
			this.id = delta.id().isEmpty() ? this.id : delta.id();
			this.name = delta.name().isEmpty() ? this.name : delta.name();
			this.arguments.append(delta.argumentsFragment());
		}

		ToolCall toCall(Function<String, @Nullable Map<String, @Nullable Object>> parser) {
			String raw = this.arguments.toString();
			// Groq's models write null where a tool has no parameters
			boolean none = raw.isBlank() || raw.strip().equals("null");
			return new ToolCall(this.id, this.name, raw, none ? Map.of() : parser.apply(raw), this.vendorData);
		}

	}

}
