package io.arcllm.module.fallback.recovery;

import java.util.Map;
import java.util.TreeMap;

import io.arcllm.AnswerBuilder;
import io.arcllm.Content;
import io.arcllm.LlmEvent;
import io.arcllm.LlmResponse;
import io.arcllm.Target;
import io.arcllm.ToolCall;
import io.arcllm.Usage;

/**
 * What has reached the caller of an answer, whoever gave it. Not safe for use by several
 * threads.
 */
final class Delivered {

	private final StringBuilder text = new StringBuilder();

	private final StringBuilder thinking = new StringBuilder();

	private final Map<Integer, PartOfCall> calls = new TreeMap<>();

	private Usage usage;

	Delivered(LlmResponse partial) {
		this.text.append(partial.text());
		partial.thinking().stream().map(Content.Thinking::text).forEach(this.thinking::append);
		for (ToolCall call : partial.toolCalls()) {
			this.calls.put(this.calls.size(),
					new PartOfCall(call.id(), call.name(), new StringBuilder(call.rawArguments())));
		}
		this.usage = partial.usage();
	}

	/**
	 * A tool call as far as it was delivered.
	 */
	record PartOfCall(String id, String name, StringBuilder arguments) {
	}

	/** Notes what is passed on. */
	LlmEvent add(LlmEvent event) {
		if (event instanceof LlmEvent.TextDelta delta) {
			this.text.append(delta.text());
		}
		else if (event instanceof LlmEvent.ThinkingDelta delta) {
			this.thinking.append(delta.text());
		}
		else if (event instanceof LlmEvent.ToolCallDelta delta) {
			this.calls
				.computeIfAbsent(delta.index(),
						(index) -> new PartOfCall(delta.id(), delta.name(), new StringBuilder()))
				.arguments()
				.append(delta.argumentsFragment());
		}
		else if (event instanceof LlmEvent.Restarted) {
			this.text.setLength(0);
			this.thinking.setLength(0);
			this.calls.clear();
			this.usage = Usage.UNKNOWN;
		}
		return event;
	}

	StringBuilder text() {
		return this.text;
	}

	StringBuilder thinking() {
		return this.thinking;
	}

	Map<Integer, PartOfCall> calls() {
		return this.calls;
	}

	Usage usage() {
		return this.usage;
	}

	void used(Usage more) {
		this.usage = this.usage.plus(more);
	}

	/**
	 * Whether somebody else could go on from here: words have begun, none of their
	 * characters is half, and neither a tool call nor thinking is open.
	 */
	boolean canBeContinued() {
		return !this.text.toString().isBlank() && this.calls.isEmpty()
				&& !Character.isHighSurrogate(this.text.charAt(this.text.length() - 1));
	}

	/** The answer so far. */
	LlmResponse toResponse(Target target) {
		AnswerBuilder answer = new AnswerBuilder().usage(this.usage);
		if (!this.text.isEmpty()) {
			answer.add(new LlmEvent.TextDelta(this.text.toString()));
		}
		if (!this.thinking.isEmpty()) {
			answer.add(new LlmEvent.ThinkingDelta(this.thinking.toString()));
		}
		this.calls.forEach((index, call) -> answer
			.add(new LlmEvent.ToolCallDelta(index, call.id(), call.name(), call.arguments().toString())));
		return answer.buildPartial(target);
	}

}
