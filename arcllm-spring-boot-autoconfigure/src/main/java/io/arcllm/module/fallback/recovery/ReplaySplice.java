package io.arcllm.module.fallback.recovery;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import io.arcllm.AnswerBuilder;
import io.arcllm.Content;
import io.arcllm.LlmEvent;
import io.arcllm.LlmResponse;
import io.arcllm.ToolCall;
import io.arcllm.module.fallback.recovery.Splice.DivergedException;

/**
 * Holds back exactly the words of a second answer that were already delivered: text,
 * thinking and the arguments of each tool call are compared separately. Each answer has
 * new ids of tool calls, so the delivered ones stay.
 * <p>
 * Invariants: {@code text}, {@code thinking} and {@code calls} count the characters of
 * the second answer that were compared; up to there it is equal to what was delivered, or
 * longer. An answer that is shorter than what was delivered is never complete. Nothing of
 * the second answer is passed on before everything that was delivered has come again, so
 * that an answer that diverges has delivered nothing, not even words before a tool call
 * that never comes.
 */
final class ReplaySplice implements Splice, LlmEvent.Visitor {

	private final AnswerBuilder delivered;

	private final String saidText;

	private final String saidThinking;

	private final List<ToolCall> saidCalls;

	private int text;

	private int thinking;

	private final Map<Integer, Integer> calls = new HashMap<>();

	/** New events, in order, until everything that was delivered has come again. */
	private final List<LlmEvent> fresh = new ArrayList<>();

	private boolean repeated;

	/**
	 * @param delivered collects what is passed on
	 * @param partial what was delivered before
	 */
	ReplaySplice(AnswerBuilder delivered, LlmResponse partial) {
		this.delivered = delivered;
		this.saidText = partial.text();
		this.saidThinking = partial.thinking().stream().map(Content.Thinking::text).collect(Collectors.joining());
		this.saidCalls = partial.toolCalls();
	}

	@Override
	public List<LlmEvent> next(LlmEvent event) {
		event.accept(this);
		this.repeated = this.repeated || isRepeated();
		if (!this.repeated || this.fresh.isEmpty()) {
			return List.of();
		}
		List<LlmEvent> out = List.copyOf(this.fresh);
		this.fresh.clear();
		out.forEach(this.delivered::add);
		return out;
	}

	private boolean isRepeated() {
		boolean all = this.text >= this.saidText.length() && this.thinking >= this.saidThinking.length();
		for (int i = 0; all && i < this.saidCalls.size(); i++) {
			all = this.calls.getOrDefault(i, -1) >= this.saidCalls.get(i).rawArguments().length();
		}
		return all;
	}

	@Override
	public void text(LlmEvent.TextDelta delta) {
		String rest = unsaid("text", this.saidText, this.text, delta.text());
		this.text += delta.text().length();
		if (!rest.isEmpty()) {
			this.fresh.add(new LlmEvent.TextDelta(rest));
		}
	}

	@Override
	public void thinking(LlmEvent.ThinkingDelta delta) {
		String rest = unsaid("thinking", this.saidThinking, this.thinking, delta.text());
		this.thinking += delta.text().length();
		if (!rest.isEmpty()) {
			this.fresh.add(new LlmEvent.ThinkingDelta(rest));
		}
	}

	@Override
	public void restarted(LlmEvent.Restarted restarted) {
		throw new DivergedException("it takes back what it has said");
	}

	@Override
	public void toolCall(LlmEvent.ToolCallDelta delta) {
		int said = this.calls.getOrDefault(delta.index(), 0);
		this.calls.put(delta.index(), said + delta.argumentsFragment().length());
		if (delta.index() >= this.saidCalls.size()) {
			this.fresh.add(delta);
			return;
		}
		ToolCall known = this.saidCalls.get(delta.index());
		if (!delta.name().isEmpty() && !delta.name().equals(known.name())) {
			throw new DivergedException(
					"it calls the tool '" + delta.name() + "' where '" + known.name() + "' was called");
		}
		String rest = unsaid("arguments of '" + known.name() + "'", known.rawArguments(), said,
				delta.argumentsFragment());
		if (!rest.isEmpty()) {
			this.fresh.add(new LlmEvent.ToolCallDelta(delta.index(), "", "", rest));
		}
	}

	/** The part of a fragment that was not delivered yet. */
	private static String unsaid(String what, String said, int from, String fragment) {
		int repeated = Math.max(0, Math.min(said.length() - from, fragment.length()));
		for (int i = 0; i < repeated; i++) {
			if (said.charAt(from + i) != fragment.charAt(i)) {
				throw new DivergedException("its " + what + " differs after " + (from + i) + " characters");
			}
		}
		return fragment.substring(repeated);
	}

	@Override
	public void completed(LlmEvent.Completed completed) {
		LlmResponse answer = completed.response();
		if (this.text == 0 && this.thinking == 0 && this.calls.isEmpty()) {
			// some targets give no deltas
			AnswerBuilder.deltas(answer).forEach((delta) -> delta.accept(this));
		}
		if (!isRepeated()) {
			throw new DivergedException("it ends before all that was delivered");
		}
		this.fresh.add(new LlmEvent.Completed(withDeliveredIds(answer)));
	}

	private LlmResponse withDeliveredIds(LlmResponse answer) {
		if (this.saidCalls.isEmpty()) {
			return answer;
		}
		List<ToolCall> calls = new ArrayList<>(answer.toolCalls());
		List<Content> content = new ArrayList<>(answer.content());
		for (int i = 0; i < Math.min(calls.size(), this.saidCalls.size()); i++) {
			ToolCall call = calls.get(i);
			content.set(content.indexOf(call), new ToolCall(this.saidCalls.get(i).id(), call.name(),
					call.rawArguments(), call.parsedArguments(), call.vendorData()));
		}
		return answer.withContent(content);
	}

}
