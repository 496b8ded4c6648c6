package io.arcllm.provider.anthropic;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

import io.arcllm.LlmEvent;
import io.arcllm.provider.AnswerContext;
import io.arcllm.provider.json.ToolArguments;
import org.jspecify.annotations.Nullable;

/**
 * The tool calls of an answer while they are read. A call that is repeated under its id
 * is the same one; another call with the same id gets its own id.
 */
final class AnthropicCalls {

	private final AnswerContext context;

	/** By the vendor's ids. */
	private final Map<String, Call> byId = new HashMap<>(4);

	private int count;

	private int kept;

	AnthropicCalls(AnswerContext context) {
		this.context = context;
	}

	/** A call begins: passes on what can be passed on now. */
	void begin(AnthropicBlock block, Consumer<LlmEvent> out) {
		if (block.id == null || block.name == null) {
			throw this.context.malformed("a tool call has no id or no name", null);
		}
		Call known = this.byId.get(block.id);
		this.context.checkToolCalls(this.byId.size() + 1);
		block.call = new Call(block.name, known);
		if (known == null) {
			this.byId.put(block.id, block.call);
			announce(block.call, block.id, block.name, "", out);
		}
	}

	private void announce(Call call, String id, String name, String arguments, Consumer<LlmEvent> out) {
		call.number = this.count++;
		out.accept(new LlmEvent.ToolCallDelta(call.number, id, name, arguments));
	}

	/** A piece of a call's arguments. */
	void arguments(Call call, String piece, Consumer<LlmEvent> out) {
		String passed = call.arguments.add(piece);
		this.kept += (call.number < 0 || passed.isEmpty()) ? piece.length() : 0;
		pass(call, passed, out);
	}

	/** How many characters are kept in addition to those of deltas. */
	int kept() {
		return this.kept;
	}

	private static void pass(Call call, String arguments, Consumer<LlmEvent> out) {
		if (call.number >= 0 && !arguments.isEmpty()) {
			out.accept(new LlmEvent.ToolCallDelta(call.number, "", "", arguments));
		}
	}

	/** A call ends. It may have begun with its arguments, without any pieces. */
	void end(AnthropicBlock block, Call call, Consumer<LlmEvent> out) {
		if (call.arguments.isEmpty() && block.input != null) {
			call.arguments.forget();
			pass(call, call.arguments.add(block.input), out);
		}
		pass(call, call.arguments.rest(), out);
		if (call.known != null && !call.isSame(call.known)) {
			this.context.checkToolCalls(this.count + 1);
			announce(call, block.id + "_" + this.count, call.name, call.arguments.said(), out);
		}
	}

	/**
	 * One call.
	 */
	static final class Call {

		private final String name;

		/** The call of the same id that came before. */
		private final @Nullable Call known;

		private final ToolArguments arguments = new ToolArguments();

		/** The index of the tool call in the answer, or -1 if it is not passed on. */
		private int number = -1;

		Call(String name, @Nullable Call known) {
			this.name = name;
			this.known = known;
		}

		boolean isSame(Call other) {
			return this.name.equals(other.name) && other.arguments.isSaidAgain(this.arguments.said());
		}

	}

}
