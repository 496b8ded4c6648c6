package io.arcllm.sample.gateway;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.arcllm.Content;
import io.arcllm.LlmResponse;
import io.arcllm.ToolCall;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
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
	 * All that the client should send back with the turn; empty for nothing. Signed
	 * thinking whose words were redacted is not shown in another place: without it the
	 * vendor goes on without thinking.
	 */
	static ArrayNode write(LlmResponse response) {
		ArrayNode details = Fields.MAPPER.createArrayNode();
		int characters = 0;
		int calls = 0;
		for (Content block : response.content()) {
			if (block instanceof Content.Text text) {
				characters += text.text().length();
			}
			else if (block instanceof ToolCall) {
				calls++;
			}
			else if (block instanceof Content.Thinking thinking && response.shownThinking() == null) {
				String maker = (thinking.provider() == null) ? response.provider() : thinking.provider();
				thinking(details, thinking, "arcllm/" + maker + "/" + characters + "/" + calls);
			}
			else if (block instanceof Content.Opaque opaque) {
				opaque(details, opaque, "arcllm/" + opaque.provider() + "/" + characters + "/" + calls);
			}
		}
		return details;
	}

	private static void thinking(ArrayNode details, Content.Thinking block, String id) {
		if (block.redacted() != null) {
			add(details, "reasoning.encrypted", id, SIGNED).put("data", block.redacted());
		}
		else if (block.signature() != null) {
			add(details, "reasoning.text", id, SIGNED).put("text", block.text()).put("signature", block.signature());
		}
	}

	private static void opaque(ArrayNode details, Content.Opaque block, String id) {
		JsonNode json = Fields.MAPPER.readTree(block.json());
		if (json.path(FIELD).isArray()) {
			json.path(FIELD).forEach(details::add);
		}
		else if (!json.has(AnswerFields.EXTRA)) {
			add(details, "reasoning.encrypted", id, OPAQUE).put("data", block.json());
		}
	}

	private static ObjectNode add(ArrayNode details, String type, String id, String format) {
		int index = details.size();
		return details.addObject().put("type", type).put("id", id).put("format", format).put("index", index);
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
		ObjectNode vendors = Fields.MAPPER.createObjectNode();
		for (Fields detail : message.objects(FIELD)) {
			Carried block = Carried.of(detail.json());
			if (block == null) {
				vendors.withArray(FIELD).add(detail.json());
			}
			else {
				carried.add(block);
			}
		}
		Fields extra = message.object(AnswerFields.EXTRA);
		if (extra != null) {
			vendors.set(AnswerFields.EXTRA, extra.json());
		}
		List<Content> turn = new ArrayList<>();
		String thoughts = thoughts(message);
		boolean signed = carried.stream().anyMatch((one) -> one.block() instanceof Content.Thinking);
		if (!thoughts.isEmpty() && !signed) {
			turn.add(new Content.Thinking(thoughts, null, null, null));
		}
		if (!vendors.isEmpty()) {
			turn.add(new Content.Opaque(vendors.toString(), ""));
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
