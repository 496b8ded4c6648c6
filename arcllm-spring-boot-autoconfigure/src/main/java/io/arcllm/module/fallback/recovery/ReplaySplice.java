package io.arcllm.module.fallback.recovery;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import io.arcllm.Content;
import io.arcllm.LlmEvent;
import io.arcllm.LlmResponse;
import io.arcllm.ToolCall;
import io.arcllm.module.fallback.recovery.Delivered.PartOfCall;
import io.arcllm.module.fallback.recovery.Splice.DivergedException;

/**
 * Holds back exactly the words of a second answer that were already delivered: text,
 * thinking and the arguments of each tool call are compared by themselves. The ids of
 * tool calls are chosen anew for each answer, so the delivered ones stay.
 */
final class ReplaySplice implements Splice {

	private final Delivered delivered;

	private int text;

	private int thinking;

	private final Map<Integer, Integer> calls = new HashMap<>();

	ReplaySplice(Delivered delivered) {
		this.delivered = delivered;
	}

	@Override
	public List<LlmEvent> next(LlmEvent event) {
		List<LlmEvent> out = new ArrayList<>(1);
		if (event instanceof LlmEvent.Completed completed) {
			complete(completed.response(), out);
		}
		else {
			content(event, out);
		}
		return out;
	}

	private void content(LlmEvent event, List<LlmEvent> out) {
		if (event instanceof LlmEvent.TextDelta delta) {
			String rest = unsaid("text", this.delivered.text(), this.text, delta.text());
			this.text += delta.text().length();
			if (!rest.isEmpty()) {
				out.add(this.delivered.add(new LlmEvent.TextDelta(rest)));
			}
		}
		else if (event instanceof LlmEvent.ThinkingDelta delta) {
			String rest = unsaid("thinking", this.delivered.thinking(), this.thinking, delta.text());
			this.thinking += delta.text().length();
			if (!rest.isEmpty()) {
				out.add(this.delivered.add(new LlmEvent.ThinkingDelta(rest)));
			}
		}
		else if (event instanceof LlmEvent.ToolCallDelta delta) {
			call(delta, out);
		}
		else {
			out.add(event);
		}
	}

	private void call(LlmEvent.ToolCallDelta delta, List<LlmEvent> out) {
		PartOfCall known = this.delivered.calls().get(delta.index());
		int said = this.calls.getOrDefault(delta.index(), 0);
		this.calls.put(delta.index(), said + delta.argumentsFragment().length());
		if (known == null) {
			out.add(this.delivered.add(delta));
			return;
		}
		if (!delta.name().isEmpty() && !delta.name().equals(known.name())) {
			throw new DivergedException(
					"it calls the tool '" + delta.name() + "' where '" + known.name() + "' was called");
		}
		String rest = unsaid("arguments of '" + known.name() + "'", known.arguments(), said, delta.argumentsFragment());
		if (!rest.isEmpty()) {
			out.add(this.delivered.add(new LlmEvent.ToolCallDelta(delta.index(), "", "", rest)));
		}
	}

	/** What goes beyond the words already said, of which the fragment repeats some. */
	private static String unsaid(String what, StringBuilder said, int from, String fragment) {
		int repeated = Math.min(said.length() - from, fragment.length());
		for (int i = 0; i < repeated; i++) {
			if (said.charAt(from + i) != fragment.charAt(i)) {
				throw new DivergedException("its " + what + " differs after " + (from + i) + " characters");
			}
		}
		return fragment.substring(repeated);
	}

	private void complete(LlmResponse answer, List<LlmEvent> out) {
		if (this.text == 0 && this.thinking == 0 && this.calls.isEmpty()) {
			wholeAtOnce(answer, out);
		}
		boolean callsRepeated = this.delivered.calls()
			.entrySet()
			.stream()
			.allMatch((call) -> this.calls.getOrDefault(call.getKey(), -1) == call.getValue().arguments().length());
		if (this.text < this.delivered.text().length() || this.thinking < this.delivered.thinking().length()
				|| !callsRepeated) {
			throw new DivergedException("it ends before all that was delivered");
		}
		out.add(new LlmEvent.Completed(withDeliveredIds(answer)));
	}

	/** Not everybody says a stream in pieces. */
	private void wholeAtOnce(LlmResponse answer, List<LlmEvent> out) {
		for (Content.Thinking block : answer.thinking()) {
			content(new LlmEvent.ThinkingDelta(block.text()), out);
		}
		content(new LlmEvent.TextDelta(answer.text()), out);
		int index = 0;
		for (ToolCall call : answer.toolCalls()) {
			content(new LlmEvent.ToolCallDelta(index++, call.id(), call.name(), call.rawArguments()), out);
		}
	}

	private LlmResponse withDeliveredIds(LlmResponse answer) {
		if (this.delivered.calls().isEmpty()) {
			return answer;
		}
		List<String> ids = this.delivered.calls().values().stream().map(PartOfCall::id).toList();
		List<ToolCall> calls = new ArrayList<>();
		for (ToolCall call : answer.toolCalls()) {
			String id = (calls.size() < ids.size()) ? ids.get(calls.size()) : call.id();
			calls.add(new ToolCall(id, call.name(), call.rawArguments(), call.parsedArguments(), call.vendorData()));
		}
		return new LlmResponse(answer.text(), answer.thinking(), calls, answer.usage(), answer.stopReason(),
				answer.target(), answer.requestId(), answer.cost(), answer.raw(), answer.trail());
	}

}
