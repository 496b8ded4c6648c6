package io.arcllm.module.fallback.recovery;

import java.util.ArrayList;
import java.util.List;

import io.arcllm.Content;
import io.arcllm.LlmEvent;
import io.arcllm.LlmRequest;
import io.arcllm.LlmResponse;
import io.arcllm.Message;
import io.arcllm.Usage;
import io.arcllm.module.fallback.recovery.Splice.DivergedException;

/**
 * Has the second target go on with what was delivered as the beginning of its own turn.
 * Vendors refuse a beginning that ends with white space, so it is sent without, and not
 * repeated where the rest begins with it; some repeat the beginning itself, which is then
 * held back, and some begin another answer, which is none.
 */
final class ContinueSplice implements Splice {

	/** A shorter beginning could be repeated by chance. */
	private static final int SHORTEST_ECHO = 8;

	/** Who repeats so much and then differs has begun another answer. */
	private static final int LONGEST_CHANCE = 32;

	private final Delivered delivered;

	private final List<Content.Thinking> thought;

	private final Usage used;

	private final String prefix;

	private final String space;

	private final StringBuilder head = new StringBuilder();

	private boolean joined;

	private boolean said;

	ContinueSplice(Delivered delivered, LlmResponse partial) {
		this.delivered = delivered;
		this.thought = partial.thinking();
		this.used = delivered.usage();
		String text = delivered.text().toString();
		this.prefix = text.stripTrailing();
		this.space = text.substring(this.prefix.length());
	}

	/** The request with the beginning of the answer. */
	LlmRequest request(LlmRequest hop) {
		List<Message> messages = new ArrayList<>(hop.messages());
		messages.add(Message.assistant(this.prefix));
		return hop.mutate().messages(messages).build();
	}

	@Override
	public List<LlmEvent> next(LlmEvent event) {
		List<LlmEvent> out = new ArrayList<>(1);
		if (event instanceof LlmEvent.TextDelta delta) {
			this.said = true;
			text(delta.text(), false, out);
		}
		else if (event instanceof LlmEvent.Completed completed) {
			text(this.said ? "" : completed.response().text(), true, out);
			out.add(new LlmEvent.Completed(joined(completed.response())));
		}
		else {
			out.add(this.delivered.add(event));
		}
		return out;
	}

	private void text(String fragment, boolean last, List<LlmEvent> out) {
		String rest = this.joined ? fragment : joint(fragment, last);
		if (!rest.isEmpty()) {
			out.add(this.delivered.add(new LlmEvent.TextDelta(rest)));
		}
	}

	/** What is new of the rest's first words, as soon as that is certain. */
	private String joint(String fragment, boolean last) {
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

	private LlmResponse joined(LlmResponse rest) {
		List<Content.Thinking> thinking = new ArrayList<>(this.thought);
		thinking.addAll(rest.thinking());
		return new LlmResponse(this.delivered.text().toString(), thinking, rest.toolCalls(),
				this.used.plus(rest.usage()), rest.stopReason(), rest.target(), rest.requestId(), rest.cost(),
				rest.raw(), rest.trail());
	}

}
