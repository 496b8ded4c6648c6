package io.arcllm.test.vendor;

import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Finds the part of a conversation that is to be answered.
 */
final class Conversation {

	private static final int CHARACTERS_A_TOKEN = 4;

	private final List<String> toolResults = new ArrayList<>();

	private String text = "";

	private String prefix = "";

	private int characters;

	/**
	 * A conversation whose messages have a role, including those of tools.
	 */
	static Conversation byRole(JsonNode messages) {
		Conversation conversation = new Conversation();
		for (JsonNode message : messages) {
			String role = message.path("role").asString("");
			if (role.equals("tool")) {
				conversation.toolResult(Json.words(message.path("content")));
			}
			conversation.said(role, Json.words(message.path("content")));
		}
		return conversation;
	}

	void said(String role, String words) {
		this.characters += words.length();
		this.prefix = role.equals("assistant") ? words : "";
		if (role.equals("user") && !words.isBlank()) {
			this.text = words;
			this.toolResults.clear();
		}
	}

	void toolResult(String words) {
		this.characters += words.length();
		this.toolResults.add(words);
	}

	Question question(JsonNode body, List<Question.Tool> tools, String toolChoice, JsonNode schema, JsonNode stop,
			boolean thinking) {
		List<String> sequences = new ArrayList<>();
		if (stop.isString()) {
			sequences.add(stop.asString());
		}
		stop.forEach((sequence) -> sequences.add(sequence.asString("")));
		return new Question(body.path("model").asString("unknown"), this.text, this.prefix,
				body.path("stream").asBoolean(false), tools, toolChoice, List.copyOf(this.toolResults),
				schemaOf(schema), maxTokens(body), sequences, thinking,
				body.path("stream_options").path("include_usage").asBoolean(false),
				8 + this.characters / CHARACTERS_A_TOKEN);
	}

	private static @Nullable JsonNode schemaOf(JsonNode schema) {
		if (schema.isString() || schema.path("type").asString("").equals("json_object")) {
			return Json.read("{\"type\":\"object\",\"properties\":{\"simulated\":{\"type\":\"boolean\"},"
					+ "\"answer\":{\"type\":\"string\"}}}");
		}
		return schema.isObject() ? schema : null;
	}

	private static int maxTokens(JsonNode body) {
		for (String field : new String[] { "/max_completion_tokens", "/max_tokens", "/options/num_predict" }) {
			JsonNode limit = body.at(field);
			if (limit.canConvertToInt() && limit.asInt() > 0) {
				return limit.asInt();
			}
		}
		return Integer.MAX_VALUE;
	}

}
