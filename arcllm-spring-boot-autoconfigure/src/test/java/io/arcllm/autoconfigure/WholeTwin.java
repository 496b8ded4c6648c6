package io.arcllm.autoconfigure;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The whole answer that a vendor would have given in the place of a recorded stream: only
 * streams are recorded, so their twins are derived by the vendors' own rules, and not by
 * our decoders. OpenAI's chunks are merged into one message, Anthropic's events fill the
 * message that the first one begins, and Ollama's last line takes the words of all.
 */
final class WholeTwin {

	private static final JsonMapper JSON = JsonMapper.shared();

	private WholeTwin() {
	}

	/** What the frames of a stream say, but for pings. */
	static List<String> frames(byte[] recording) {
		return new String(recording, StandardCharsets.UTF_8).lines()
			.filter((line) -> line.startsWith("data:") || line.startsWith("{"))
			.map((line) -> line.startsWith("{") ? line : line.substring(5).strip())
			.filter((data) -> data.startsWith("{") && !data.contains("\"ping\""))
			.toList();
	}

	static String of(String type, byte[] recording) {
		List<ObjectNode> frames = frames(recording).stream().map((data) -> (ObjectNode) JSON.readTree(data)).toList();
		return switch (type) {
			case "anthropic" -> anthropic(frames).toString();
			case "ollama" -> ollama(frames).toString();
			default -> openAi(frames).toString();
		};
	}

	private static ObjectNode openAi(List<ObjectNode> chunks) {
		ObjectNode whole = JSON.createObjectNode();
		ObjectNode message = JSON.createObjectNode();
		ObjectNode choice = JSON.createObjectNode();
		for (ObjectNode chunk : chunks) {
			for (Map.Entry<String, JsonNode> field : chunk.properties()) {
				if (!field.getKey().equals("choices") && !field.getValue().isNull()) {
					whole.set(field.getKey(), field.getValue());
				}
			}
			for (JsonNode one : chunk.path("choices")) {
				one.properties().stream().filter((field) -> !field.getValue().isNull()).forEach((field) -> {
					if (field.getKey().equals("delta")) {
						merge(message, (ObjectNode) field.getValue());
					}
					else if (!field.getKey().equals("message")) {
						choice.set(field.getKey(), field.getValue());
					}
				});
			}
		}
		message.path("tool_calls").forEach((call) -> ((ObjectNode) call).remove("index"));
		choice.set("message", message);
		whole.put("object", "chat.completion");
		whole.set("choices", JSON.createArrayNode().add(choice));
		return whole;
	}

	private static void merge(ObjectNode message, ObjectNode delta) {
		for (Map.Entry<String, JsonNode> field : delta.properties()) {
			JsonNode before = message.path(field.getKey());
			JsonNode value = field.getValue();
			if (field.getKey().equals("tool_calls") && value.isArray()) {
				value.forEach((piece) -> mergeCall(message.withArray("tool_calls"), (ObjectNode) piece));
			}
			else if (before.isString() && value.isString() && !field.getKey().equals("role")) {
				message.put(field.getKey(), before.asString() + value.asString());
			}
			else if (before.isArray() && value.isArray()) {
				value.forEach(((ArrayNode) before)::add);
			}
			else if (!value.isNull() || before.isMissingNode()) {
				message.set(field.getKey(), value.deepCopy());
			}
		}
	}

	private static void mergeCall(ArrayNode calls, ObjectNode piece) {
		for (JsonNode call : calls) {
			if (call.path("index").equals(piece.path("index"))) {
				String before = call.path("function").path("arguments").asString("");
				((ObjectNode) call.path("function")).put("arguments",
						before + piece.path("function").path("arguments").asString(""));
				return;
			}
		}
		calls.add(piece.deepCopy());
	}

	private static ObjectNode anthropic(List<ObjectNode> events) {
		ObjectNode message = JSON.createObjectNode();
		List<StringBuilder> inputs = new ArrayList<>();
		for (ObjectNode event : events) {
			switch (event.path("type").asString()) {
				case "message_start" -> message.setAll((ObjectNode) event.get("message"));
				case "content_block_start" -> {
					message.withArray("content").add(event.get("content_block"));
					inputs.add(new StringBuilder());
				}
				case "content_block_delta" -> fill((ObjectNode) message.withArray("content").get(inputs.size() - 1),
						event.get("delta"), inputs.get(inputs.size() - 1));
				case "message_delta" -> {
					message.setAll((ObjectNode) event.get("delta"));
					((ObjectNode) message.get("usage")).setAll((ObjectNode) event.get("usage"));
				}
				default -> {
				}
			}
		}
		for (int i = 0; i < inputs.size(); i++) {
			if (!inputs.get(i).isEmpty()) {
				((ObjectNode) message.get("content").get(i)).set("input", JSON.readTree(inputs.get(i).toString()));
			}
		}
		return message;
	}

	private static void fill(ObjectNode block, JsonNode delta, StringBuilder input) {
		for (String field : List.of("text", "thinking", "signature")) {
			if (delta.has(field)) {
				block.put(field, block.path(field).asString("") + delta.get(field).asString());
			}
		}
		input.append(delta.path("partial_json").asString(""));
	}

	private static ObjectNode ollama(List<ObjectNode> lines) {
		ObjectNode whole = lines.get(lines.size() - 1).deepCopy();
		ObjectNode message = JSON.createObjectNode();
		lines.forEach((line) -> merge(message, (ObjectNode) line.get("message")));
		whole.set("message", message);
		return whole;
	}

}
