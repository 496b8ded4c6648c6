package io.arcllm.module.redaction;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import io.arcllm.Content;
import io.arcllm.LlmEvent;
import io.arcllm.LlmException;
import io.arcllm.LlmResponse;
import io.arcllm.ToolCall;

/**
 * Redacts one answer, event by event.
 * <p>
 * Invariants: held-back words come out before events of another kind, so that the order
 * of blocks stays; joined deltas are equal to the whole answer; what is held back when
 * the answer fails is never passed on.
 */
final class AnswerRedaction implements LlmEvent.Visitor {

	private final Redactor redactor;

	private final Placeholders placeholders;

	private final Words text;

	private final Words thinking;

	private final Map<Integer, JsonRedaction> calls = new TreeMap<>();

	/** The events that the present event becomes. */
	private List<LlmEvent> out = List.of();

	/**
	 * Whether removals were counted in the deltas, so that they are not counted again in
	 * the whole answer.
	 */
	private boolean counted;

	AnswerRedaction(Redactor redactor, Placeholders placeholders) {
		this.redactor = redactor;
		this.placeholders = placeholders;
		this.text = new Words(redactor, placeholders);
		this.thinking = new Words(redactor, placeholders);
	}

	/** The events that may be passed on after this one. */
	List<LlmEvent> next(LlmEvent event) {
		this.out = new ArrayList<>(2);
		this.counted |= event.isContent();
		event.accept(this);
		return this.out;
	}

	@Override
	public void text(LlmEvent.TextDelta delta) {
		thinking(this.thinking.end());
		text(this.text.add(delta.text()));
	}

	@Override
	public void thinking(LlmEvent.ThinkingDelta delta) {
		text(this.text.end());
		thinking(this.thinking.add(delta.text()));
	}

	@Override
	public void toolCall(LlmEvent.ToolCallDelta delta) {
		endWords();
		call(delta);
	}

	@Override
	public void completed(LlmEvent.Completed completed) {
		endWords();
		endCalls();
		this.out.add(new LlmEvent.Completed(whole(completed.response())));
	}

	@Override
	public void restarted(LlmEvent.Restarted restarted) {
		this.text.forget();
		this.thinking.forget();
		this.calls.clear();
		this.out.add(restarted);
	}

	private void endWords() {
		thinking(this.thinking.end());
		text(this.text.end());
	}

	private void text(String words) {
		if (!words.isEmpty()) {
			this.out.add(new LlmEvent.TextDelta(words));
		}
	}

	private void thinking(String words) {
		if (!words.isEmpty()) {
			this.out.add(new LlmEvent.ThinkingDelta(words));
		}
	}

	private void call(LlmEvent.ToolCallDelta delta) {
		JsonRedaction call = this.calls.computeIfAbsent(delta.index(),
				(index) -> new JsonRedaction(this.redactor, this.placeholders::replace));
		String fragment = call.add(delta.argumentsFragment());
		if (!fragment.isEmpty() || !delta.id().isEmpty() || !delta.name().isEmpty()) {
			this.out.add(new LlmEvent.ToolCallDelta(delta.index(), delta.id(), delta.name(), fragment));
		}
	}

	private void endCalls() {
		this.calls.forEach((index, call) -> {
			String fragment = call.end();
			if (!fragment.isEmpty()) {
				this.out.add(new LlmEvent.ToolCallDelta(index, "", "", fragment));
			}
		});
		this.calls.clear();
	}

	/** The whole answer, without the vendor's body if anything was removed. */
	private LlmResponse whole(LlmResponse answer) {
		Redactor.Replacement replacement = this.counted ? this.placeholders::replaceAgain : this.placeholders::replace;
		StructureWalk walk = new StructureWalk((words) -> this.redactor.redact(words, replacement),
				(json) -> JsonRedaction.redact(json, this.redactor, this.placeholders::replaceAgain));
		LlmResponse redacted = shown(answer, changed(answer, walk), walk);
		String body = answer.rawBody();
		boolean clean = redacted == answer && (body == null || this.redactor.find(body, 0).merged().isEmpty());
		return clean ? answer : redacted.withRaw(null);
	}

	/**
	 * Signed thinking stays unchanged in its block; where its words are shown elsewhere,
	 * they are redacted. The same holds for blocks that only their vendor understands,
	 * because these may repeat the thinking.
	 */
	private static LlmResponse shown(LlmResponse before, LlmResponse answer, StructureWalk walk) {
		boolean same = true;
		StringBuilder shown = new StringBuilder();
		boolean opaque = false;
		for (Content block : answer.content()) {
			if (block instanceof Content.Thinking thinking) {
				String changed = (thinking.signature() == null) ? thinking.text() : walk.text().apply(thinking.text());
				same &= changed.equals(thinking.text());
				shown.append(changed);
			}
			String json = (block instanceof Content.Opaque one) ? one.json()
					: (block instanceof ToolCall call && call.vendorData() != null) ? call.vendorData().json() : null;
			opaque |= json != null;
			same &= json == null || walk.json().apply(json).equals(json);
		}
		boolean thoughts = !opaque || words(before).equals(words(answer));
		return (same && thoughts) ? answer : answer.withShownThinking(shown.toString());
	}

	private static String words(LlmResponse answer) {
		StringBuilder words = new StringBuilder();
		answer.thinking().forEach((block) -> words.append(block.text()));
		return words.toString();
	}

	/**
	 * The failure with what was delivered before it, without what was held back.
	 */
	LlmException failed(LlmException failure) {
		StructureWalk walk = new StructureWalk((words) -> {
			Words open = new Words(this.redactor, this.placeholders::replaceAgain);
			return open.add(words);
		}, (json) -> new JsonRedaction(this.redactor, this.placeholders::replaceAgain).add(json));
		return failure.withPartials((partial) -> shown(partial, changed(partial, walk), walk).withRaw(null));
	}

	/** Adjacent blocks of text are redacted as one text, as in the deltas. */
	private LlmResponse changed(LlmResponse answer, StructureWalk walk) {
		List<Content> before = answer.content();
		List<Content> after = new ArrayList<>(before.size());
		boolean same = true;
		for (int i = 0; i < before.size(); i++) {
			int end = i;
			while (end < before.size() && before.get(end) instanceof Content.Text) {
				end++;
			}
			if (end - i > 1) {
				same &= joined(before.subList(i, end), walk, after);
				i = end - 1;
			}
			else {
				Content content = walk.content(before.get(i));
				same &= content == before.get(i);
				after.add(content);
			}
		}
		return same ? answer : answer.withContent(after);
	}

	/** A change that spans several blocks is put into the first of them. */
	private static boolean joined(List<Content> blocks, StructureWalk walk, List<Content> after) {
		StringBuilder all = new StringBuilder();
		blocks.forEach((block) -> all.append(((Content.Text) block).text()));
		String before = all.toString();
		String changed = walk.text().apply(before);
		if (changed.equals(before)) {
			after.addAll(blocks);
			return true;
		}
		boolean apart = blocks.stream()
			.map((block) -> walk.text().apply(((Content.Text) block).text()))
			.reduce("", String::concat)
			.equals(changed);
		if (apart) {
			blocks.forEach((block) -> after.add(walk.content(block)));
		}
		else {
			after.add(new Content.Text(changed));
		}
		return false;
	}

	/**
	 * Words that come in pieces.
	 */
	private static final class Words implements TextRedaction.Output {

		private final TextRedaction redaction;

		private final StringBuilder out = new StringBuilder();

		Words(Redactor redactor, Redactor.Replacement replacement) {
			this.redaction = new TextRedaction(redactor, replacement, this);
		}

		Words(Redactor redactor, Placeholders placeholders) {
			this(redactor, placeholders::replace);
		}

		String add(String piece) {
			this.redaction.add(piece);
			return take();
		}

		String end() {
			this.redaction.end();
			return take();
		}

		void forget() {
			this.redaction.forget();
		}

		private String take() {
			if (this.out.isEmpty()) {
				return "";
			}
			String taken = this.out.toString();
			this.out.setLength(0);
			return taken;
		}

		@Override
		public void keep(CharSequence text, int from, int to) {
			this.out.append(text, from, to);
		}

		@Override
		public void replace(int characters, String replacement) {
			this.out.append(replacement);
		}

	}

}
