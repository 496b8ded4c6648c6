package io.arcllm.test.vendor;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The answer of a simulated vendor, in no vendor's format.
 *
 * @param thinking the thinking before it; empty for none
 * @param text its text; empty if it calls tools
 * @param calls the tools it calls
 * @param stop the stop reason
 */
public record Answer(String thinking, String text, List<Call> calls, Stop stop) {

	/**
	 * Why an answer ends.
	 */
	public enum Stop {

		END, TOOLS, LENGTH, SEQUENCE

	}

	/**
	 * A tool call.
	 */
	public record Call(String id, String name, String arguments) {
	}

	/** The same answer, within the limits of the question. */
	public Answer limited(Question question) {
		String words = this.text;
		Stop why = this.stop;
		for (String sequence : question.stop()) {
			int at = sequence.isEmpty() ? -1 : words.indexOf(sequence);
			if (at >= 0) {
				words = words.substring(0, at);
				why = Stop.SEQUENCE;
			}
		}
		List<String> pieces = pieces(words);
		if (pieces.size() > question.maxTokens()) {
			words = String.join("", pieces.subList(0, question.maxTokens()));
			why = Stop.LENGTH;
		}
		return new Answer(this.thinking, words, this.calls, why);
	}

	public int thinkingTokens() {
		return pieces(this.thinking).size();
	}

	public int tokens() {
		int tokens = thinkingTokens() + pieces(this.text).size();
		for (Call call : this.calls) {
			tokens += 4 + fragments(call.arguments()).size();
		}
		return tokens;
	}

	/** The simulator's tokens: words with the space before them. */
	public static List<String> pieces(String text) {
		return text.isEmpty() ? List.of() : Arrays.asList(text.split("(?<=\\S)(?=\\s)"));
	}

	/** The arguments' JSON in pieces of a few characters, as vendors stream it. */
	public static List<String> fragments(String arguments) {
		List<String> fragments = new ArrayList<>();
		for (int start = 0; start < arguments.length(); start += 7) {
			fragments.add(arguments.substring(start, Math.min(arguments.length(), start + 7)));
		}
		return fragments;
	}

}
