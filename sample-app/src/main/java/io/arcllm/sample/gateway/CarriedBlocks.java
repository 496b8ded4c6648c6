package io.arcllm.sample.gateway;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import io.arcllm.Content;
import io.arcllm.LlmResponse;
import io.arcllm.ToolCall;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Carries blocks for which OpenAI's format has no words to the client and back, as
 * entries of {@code reasoning_details}: thinking that its vendor signed, and blocks that
 * only their vendor understands. Nothing is stored: the id of an entry says which
 * provider made the block and where it stood. The details of a vendor of this format go
 * through as they are.
 */
final class CarriedBlocks {

	static final String FIELD = "reasoning_details";

	private static final String SIGNED = "anthropic-claude-v1";

	private static final String OPAQUE = "arcllm-v1";

	/** The provider, and how many characters and calls came before the block. */
	private static final Pattern ID = Pattern.compile("arcllm/([^/]{1,64})/(\\d{1,9})/(\\d{1,4})");

	private CarriedBlocks() {
	}

	/**
	 * All that the client should send back with the turn, each as JSON; empty for
	 * nothing. Blocks whose words redaction would change are not shown in another place:
	 * without them the vendor goes on without its thoughts.
	 */
	static List<String> write(LlmResponse response) {
		List<String> details = new ArrayList<>();
		int characters = 0;
		int calls = 0;
		for (Content block : response.content()) {
			if (block instanceof Content.Text text) {
				characters += text.text().length();
			}
			else if (block instanceof ToolCall) {
				calls++;
			}
			else if (block instanceof Content.Thinking thinking && !isThinkingHeldBack(response)) {
				String maker = (thinking.provider() == null) ? response.provider() : thinking.provider();
				thinking(details, thinking, "arcllm/" + maker + "/" + characters + "/" + calls);
			}
			else if (block instanceof Content.Opaque opaque && !isHeldBack(response)) {
				opaque(details, opaque, "arcllm/" + opaque.provider() + "/" + characters + "/" + calls);
			}
		}
		return details;
	}

	/**
	 * Whether a detector found something in what only the vendor understands, which it
	 * wants back unchanged, or in signed words.
	 */
	static boolean isHeldBack(LlmResponse response) {
		return response.shownThinking() != null;
	}

	private static boolean isThinkingHeldBack(LlmResponse response) {
		String shown = response.shownThinking();
		return shown != null && !shown
			.equals(response.thinking().stream().map(Content.Thinking::text).collect(Collectors.joining()));
	}

	private static void thinking(List<String> details, Content.Thinking block, String id) {
		if (block.redacted() != null) {
			add(details, "reasoning.encrypted", id, SIGNED, Map.of("data", block.redacted()));
		}
		else if (block.signature() != null) {
			Map<String, String> words = new LinkedHashMap<>();
			words.put("text", block.text());
			words.put("signature", block.signature());
			add(details, "reasoning.text", id, SIGNED, words);
		}
	}

	private static void opaque(List<String> details, Content.Opaque block, String id) {
		if (RawJson.object(block.json()) == null) {
			return;
		}
		String vendors = RawJson.field(block.json(), FIELD);
		if (vendors != null) {
			details.addAll(RawJson.elements(vendors));
		}
		else if (RawJson.field(block.json(), AnswerFields.EXTRA) == null) {
			add(details, "reasoning.encrypted", id, OPAQUE, Map.of("data", block.json()));
		}
	}

	private static void add(List<String> details, String type, String id, String format, Map<String, String> words) {
		ObjectNode detail = Fields.MAPPER.createObjectNode().put("type", type).put("id", id).put("format", format);
		detail.put("index", details.size());
		words.forEach(detail::put);
		details.add(detail.toString());
	}

	/**
	 * The blocks of an assistant's turn, each in its place.
	 * @param message has {@code reasoning_content}, {@code reasoning_details} and
	 * {@code extra_content}, where they came back
	 * @param said the words of the turn
	 * @param calls the tools that it wants called
	 */
	static List<Content> read(Fields message, List<Content> said, List<Content> calls) {
		List<Carried> carried = new ArrayList<>();
		List<String> vendors = new ArrayList<>();
		List<Fields> details = message.objects(FIELD);
		List<String> written = details.isEmpty() ? List.of() : RawJson.elements(message.raw(FIELD));
		for (int i = 0; i < details.size(); i++) {
			Carried block = Carried.of(details.get(i).json());
			if (block == null) {
				vendors.add(written.get(i));
			}
			else {
				carried.add(block);
			}
		}
		String given = vendors.isEmpty() ? "" : "\"" + FIELD + "\":[" + String.join(",", vendors) + "]";
		if (message.object(AnswerFields.EXTRA) != null) {
			given += (given.isEmpty() ? "" : ",") + "\"" + AnswerFields.EXTRA + "\":" + message.raw(AnswerFields.EXTRA);
		}
		List<Content> turn = new ArrayList<>();
		String thoughts = thoughts(message);
		boolean signed = carried.stream().anyMatch((one) -> one.block() instanceof Content.Thinking);
		if (!thoughts.isEmpty() && !signed) {
			turn.add(new Content.Thinking(thoughts, null, null, null));
		}
		if (!given.isEmpty()) {
			turn.add(new Content.Opaque("{" + given + "}", ""));
		}
		turn.addAll(inPlace(carried, said, calls));
		return turn;
	}

	private static String thoughts(Fields message) {
		String thoughts = message.string("reasoning_content");
		if (thoughts == null) {
			thoughts = message.string("reasoning");
		}
		return (thoughts == null) ? "" : thoughts;
	}

	/** Each block after as many characters and calls as came before it. */
	private static List<Content> inPlace(List<Carried> carried, List<Content> said, List<Content> calls) {
		List<Content> turn = new ArrayList<>();
		List<Content> words = new ArrayList<>(said);
		int characters = 0;
		int called = 0;
		for (Carried one : carried) {
			while (!words.isEmpty() && characters < one.characters()) {
				characters += take(words, one.characters() - characters, turn);
			}
			while (called < Math.min(one.calls(), calls.size())) {
				turn.add(calls.get(called++));
			}
			turn.add(one.block());
		}
		turn.addAll(words);
		turn.addAll(calls.subList(called, calls.size()));
		return turn;
	}

	/** Takes at most so many characters from the words: how many it took. */
	private static int take(List<Content> words, int most, List<Content> turn) {
		Content first = words.remove(0);
		String text = (first instanceof Content.Text said) ? said.text() : "";
		if (text.length() <= most) {
			turn.add(first);
			return text.length();
		}
		turn.add(new Content.Text(text.substring(0, most)));
		words.add(0, new Content.Text(text.substring(most)));
		return most;
	}

	/**
	 * A block that came back.
	 *
	 * @param block as its provider made it
	 * @param characters how many of the words came before it
	 * @param calls how many calls of tools came before it
	 */
	private record Carried(Content block, int characters, int calls) {

		/** {@code null} for a detail that is not one of ours. */
		static @Nullable Carried of(JsonNode detail) {
			Matcher id = ID.matcher(detail.path("id").asString(""));
			Content block = id.matches() ? block(detail, id.group(1)) : null;
			return (block == null) ? null
					: new Carried(block, Integer.parseInt(id.group(2)), Integer.parseInt(id.group(3)));
		}

		private static @Nullable Content block(JsonNode detail, String provider) {
			String format = detail.path("format").asString("");
			String data = detail.path("data").asString("");
			if (format.equals(SIGNED)) {
				String signature = detail.path("signature").asString("");
				return data.isEmpty() ? new Content.Thinking(detail.path("text").asString(""),
						signature.isEmpty() ? null : signature, null, provider)
						: new Content.Thinking("", null, data, provider);
			}
			return format.equals(OPAQUE) ? new Content.Opaque(data, provider) : null;
		}

	}

}
