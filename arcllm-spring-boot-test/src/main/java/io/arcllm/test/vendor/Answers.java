package io.arcllm.test.vendor;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * Makes up answers that resemble the question, and that say they are simulated.
 */
public final class Answers {

	private static final int LONGEST_QUOTE = 200;

	private static final int MOST_CALLS = 4;

	private static final String PLACE = "\\p{Lu}[\\p{L}'-]+(?: \\p{Lu}[\\p{L}'-]+)*";

	private static final String AND = "(?:, and |, | and )";

	private static final Pattern PLACES = Pattern
		.compile("\\b(?:in|for|at|near|of) (" + PLACE + "(?:" + AND + PLACE + ")*)");

	private static final String BEGINNING = "Simulated answer of ";

	private static final String END = " A real model would go on from here; this one only shows how the words arrive, one"
			+ " after the other, and what becomes of them when a vendor breaks.";

	private final String vendor;

	private final AtomicInteger calls = new AtomicInteger();

	public Answers(String vendor) {
		this.vendor = vendor;
	}

	/** Whether a text is exactly one whole answer. */
	public static boolean isWhole(String text) {
		return text.startsWith(BEGINNING) && text.indexOf(BEGINNING, 1) < 0 && text.endsWith(END);
	}

	/**
	 * Whether a text is a beginning, or a part of it, followed by the end of an answer.
	 */
	public static boolean isGoneOnFrom(String beginning, String text) {
		int same = 0;
		while (same < Math.min(beginning.length(), text.length()) && beginning.charAt(same) == text.charAt(same)) {
			same++;
		}
		return same > 0 && text.endsWith(END) && text.length() <= same + END.length();
	}

	public Answer to(Question question) {
		String thinking = question.thinking()
				? "The simulator thinks about “" + quote(question.text()) + "” for a while." : "";
		Question.Tool tool = question.toolResults().isEmpty() ? toolFor(question) : null;
		if (tool != null) {
			return new Answer(thinking, "", callsOf(tool, question), Answer.Stop.TOOLS);
		}
		String words = question.prefix().isBlank() ? words(question) : rest(words(question), question.prefix());
		return new Answer(thinking, words, List.of(), Answer.Stop.END).limited(question);
	}

	/**
	 * The rest after a beginning; after the beginning of another answer, the end of this
	 * one.
	 */
	private static String rest(String words, String prefix) {
		return words.startsWith(prefix) ? words.substring(prefix.length()) : END;
	}

	private String words(Question question) {
		if (question.schema() != null) {
			return filler(question, places(question.text()).get(0)).fill(question.schema()).toString();
		}
		String label = BEGINNING + this.vendor + " (" + question.model() + "), no model was asked. ";
		if (!question.toolResults().isEmpty()) {
			return label + "To “" + quote(question.text()) + "” the tools say: "
					+ String.join("; ", question.toolResults()) + ". That is all there is to know.";
		}
		return label + "You said “" + quote(question.text()) + "”. " + opening(question.text()) + END;
	}

	private static String opening(String text) {
		String topic = Arrays.stream(text.split("[^\\p{L}\\p{N}]+"))
			.filter((word) -> word.length() > 3)
			.limit(3)
			.reduce((one, other) -> one + ", " + other)
			.orElse("it");
		String first = text.strip().toLowerCase(Locale.ROOT).split("\\W+", 2)[0];
		return switch (first) {
			case "hello", "hi", "hey" -> "Hello to you, too.";
			case "why" -> "There are three reasons that come to mind with " + topic + ": habit, cost and time.";
			case "how" -> "Begin with " + topic + ", take the smallest step that works, look at it, and repeat.";
			case "write", "tell", "explain", "describe" -> "Here it comes, in a few words on " + topic + ".";
			default -> "There is much to say on " + topic + ".";
		};
	}

	private static Question.@Nullable Tool toolFor(Question question) {
		String text = question.text().toLowerCase(Locale.ROOT);
		for (Question.Tool tool : question.tools()) {
			boolean wanted = switch (question.toolChoice()) {
				case "none" -> false;
				case "required" -> true;
				case "auto" ->
					Arrays.stream((tool.name() + " " + tool.description()).toLowerCase(Locale.ROOT).split("[^\\p{L}]+"))
						.anyMatch((word) -> word.length() > 4 && text.contains(word));
				default -> tool.name().equals(question.toolChoice());
			};
			if (wanted) {
				return tool;
			}
		}
		return null;
	}

	private List<Answer.Call> callsOf(Question.Tool tool, Question question) {
		boolean placed = tool.parameters().path("properties").propertyNames().stream().anyMatch(SchemaFiller::isPlace);
		List<String> places = places(question.text());
		List<Answer.Call> calls = new ArrayList<>();
		for (String place : placed ? places : places.subList(0, 1)) {
			String arguments = filler(question, place).fill(tool.parameters()).toString();
			calls.add(new Answer.Call("sim" + this.calls.incrementAndGet(), tool.name(), arguments));
		}
		return calls;
	}

	private static SchemaFiller filler(Question question, String place) {
		return new SchemaFiller(quote(question.text()), place);
	}

	private static List<String> places(String text) {
		Matcher matcher = PLACES.matcher(quote(text));
		if (!matcher.find()) {
			return List.of("Paris");
		}
		return Arrays.stream(matcher.group(1).split(AND)).distinct().limit(MOST_CALLS).toList();
	}

	private static String quote(String text) {
		String line = text.strip().replaceAll("\\s+", " ");
		return (line.length() <= LONGEST_QUOTE) ? line : line.substring(0, LONGEST_QUOTE) + "…";
	}

}
