package io.arcllm.module.fallback.recovery;

import java.util.ArrayList;
import java.util.List;

import io.arcllm.AnswerBuilder;
import io.arcllm.Content;
import io.arcllm.LlmEvent;
import io.arcllm.LlmRequest;
import io.arcllm.LlmResponse;
import io.arcllm.Message;
import io.arcllm.module.fallback.recovery.Splice.DivergedException;

/**
 * Makes a second target continue what was delivered, as the beginning of its own turn.
 * Vendors refuse a beginning that ends with white space, so the white space is not sent,
 * and not delivered twice if the rest begins with it. Some models repeat the beginning,
 * which is then held back. Some begin another answer, which is discarded.
 * <p>
 * Invariants: until {@code joined}, no word of the rest is passed on, and all of them are
 * in {@code head}; from then on every word is passed on as it arrives. {@code said} is
 * everything that the caller has, in order.
 */
final class ContinueSplice implements Splice, LlmEvent.Visitor {

	/** A shorter beginning may be repeated by chance. */
	private static final int SHORTEST_ECHO = 8;

	/** An answer that repeats this much and then differs is another one. */
	private static final int LONGEST_CHANCE = 32;

	private final AnswerBuilder delivered;

	private final LlmResponse partial;

	/** All words, as they were delivered. */
	private final StringBuilder said;

	private final String prefix;

	private final String space;

	private final StringBuilder head = new StringBuilder();

	private boolean joined;

	private boolean speaks;

	/** The events that the present event becomes. */
	private List<LlmEvent> out = List.of();

	/**
	 * @param delivered collects what is passed on
	 * @param partial what was delivered before
	 */
	ContinueSplice(AnswerBuilder delivered, LlmResponse partial) {
		this.delivered = delivered;
		this.partial = partial;
		String text = partial.text();
		this.said = new StringBuilder(text);
		this.prefix = text.stripTrailing();
		this.space = text.substring(this.prefix.length());
	}

	/**
	 * Whether another target could continue from here: text came last, it does not end in
	 * half a character, and no tool call has begun.
	 */
	static boolean isPossible(LlmResponse partial) {
		List<Content> content = partial.content();
		if (content.isEmpty() || !(content.get(content.size() - 1) instanceof Content.Text last)
				|| !partial.toolCalls().isEmpty()) {
			return false;
		}
		return !partial.text().isBlank() && !Character.isHighSurrogate(last.text().charAt(last.text().length() - 1));
	}

	/** The request with the beginning of the answer. */
	LlmRequest request(LlmRequest request) {
		List<Message> messages = new ArrayList<>(request.messages());
		messages.add(Message.assistant(this.prefix));
		return request.mutate().messages(messages).build();
	}

	@Override
	public List<LlmEvent> next(LlmEvent event) {
		this.out = new ArrayList<>(1);
		event.accept(this);
		return this.out;
	}

	@Override
	public void text(LlmEvent.TextDelta delta) {
		this.speaks = true;
		text(delta.text(), false);
	}

	@Override
	public void thinking(LlmEvent.ThinkingDelta delta) {
		pass(delta);
	}

	@Override
	public void toolCall(LlmEvent.ToolCallDelta delta) {
		pass(delta);
	}

	@Override
	public void restarted(LlmEvent.Restarted restarted) {
		throw new DivergedException("it takes back what it has said");
	}

	@Override
	public void completed(LlmEvent.Completed completed) {
		text(this.speaks ? "" : completed.response().text(), true);
		this.out.add(new LlmEvent.Completed(joined(completed.response())));
	}

	private void pass(LlmEvent event) {
		this.delivered.add(event);
		this.out.add(event);
	}

	private void text(String fragment, boolean last) {
		String rest = this.joined ? fragment : newWords(fragment, last);
		if (!rest.isEmpty()) {
			this.said.append(rest);
			this.delivered.text(rest);
			this.out.add(new LlmEvent.TextDelta(rest));
		}
	}

	/** The new part of the rest's first words, as soon as it is certain. */
	private String newWords(String fragment, boolean last) {
		this.head.append(fragment);
		String words = this.head.toString();
		if (this.prefix.length() >= SHORTEST_ECHO) {
			if (!last && words.length() < this.prefix.length() && this.prefix.startsWith(words)) {
				return "";
			}
			words = withoutEcho(words);
		}
		int same = same(words, this.space);
		if (!last && same == words.length() && same < this.space.length()) {
			return "";
		}
		this.joined = last || !words.isEmpty() || this.head.length() > this.prefix.length();
		return words.substring(same);
	}

	private String withoutEcho(String words) {
		if (words.startsWith(this.prefix)) {
			return words.substring(this.prefix.length());
		}
		int same = same(words, this.prefix);
		if (same >= LONGEST_CHANCE) {
			throw new DivergedException(
					"it begins anew instead of going on, and differs after " + same + " characters");
		}
		return words;
	}

	private static int same(String one, String other) {
		int same = 0;
		while (same < Math.min(one.length(), other.length()) && one.charAt(same) == other.charAt(same)) {
			same++;
		}
		return same;
	}

	/** The blocks of both answers, and their words as they were delivered. */
	private LlmResponse joined(LlmResponse rest) {
		AnswerBuilder all = AnswerBuilder.of(this.partial);
		int dropped = this.partial.text().length() + rest.text().length() - this.said.length();
		for (Content block : rest.content()) {
			if (block instanceof Content.Text text) {
				int without = Math.min(dropped, text.text().length());
				dropped -= without;
				all.text(text.text().substring(without));
			}
			else {
				all.block(block);
			}
		}
		return rest.mutate()
			.content(all.buildPartial(rest.target()).content())
			.usage(this.partial.usage().plus(rest.usage()))
			.build();
	}

}
