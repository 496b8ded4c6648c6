package io.arcllm.test.vendor;

import java.nio.charset.StandardCharsets;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * JSON as the simulated vendors read and write it.
 */
public final class Json {

	private static final JsonMapper MAPPER = JsonMapper.builder().build();

	private Json() {
	}

	static ObjectNode object() {
		return MAPPER.createObjectNode();
	}

	public static JsonNode read(byte[] bytes) {
		return MAPPER.readTree(bytes);
	}

	public static JsonNode read(String text) {
		return MAPPER.readTree(text);
	}

	static byte[] bytes(JsonNode node) {
		return MAPPER.writeValueAsBytes(node);
	}

	/** A frame of server-sent events. */
	static byte[] event(String event, JsonNode data) {
		String name = event.isEmpty() ? "" : "event: " + event + "\n";
		return (name + "data: " + MAPPER.writeValueAsString(data) + "\n\n").getBytes(StandardCharsets.UTF_8);
	}

	/** A line of NDJSON. */
	static byte[] line(JsonNode data) {
		return (MAPPER.writeValueAsString(data) + "\n").getBytes(StandardCharsets.UTF_8);
	}

	/** The words of a string, or of the text parts of an array. */
	static String words(JsonNode content) {
		if (content.isString()) {
			return content.asString();
		}
		StringBuilder words = new StringBuilder();
		for (JsonNode part : content) {
			words.append(part.path("text").asString(""));
		}
		return words.toString();
	}

}
