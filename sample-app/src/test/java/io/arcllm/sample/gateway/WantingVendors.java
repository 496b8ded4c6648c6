package io.arcllm.sample.gateway;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Vendors on one server that go on with no tool loop unless they get back what they said
 * in it. The first part of the path is the vendor. A question with a number is answered
 * by itself, after interim answers.
 */
final class WantingVendors extends Dispatcher {

	/**
	 * A question on which the vendor {@code slow} hesitates, and another one for longer.
	 */
	static final String HESITATE = "Well?";

	/** A question on which vendors are overloaded once they were answered. */
	static final String DOWN = "Weather? Then the vendor is down";

	private static final Pattern NUMBERED = Pattern.compile("question-(\\d+)");

	private static final String CALLS = """
			[{"index": 0, "id": "call_1", "type": "function", "function": {"name": "get_weather", "arguments": "{\\"city\\":\\"Oslo\\"}"}%s},
			 {"index": 1, "id": "call_2", "type": "function", "function": {"name": "get_weather", "arguments": "{\\"city\\":\\"Rome\\"}"}}]""";

	/**
	 * A vendor and the turn that it wants back.
	 */
	enum Vendor {

		OPENROUTER("openrouter", "google/gemini-3-pro",
				"""
						{"content": null, "reasoning_details": [{"type": "reasoning.text", "text": "hm", "format": "google-gemini-v1", "index": 0},
						 {"type": "reasoning.encrypted", "data": "c2lnbmF0dXJl", "id": "call_1", "format": "google-gemini-v1", "index": 1}],
						 "tool_calls": %s}"""
					.formatted(CALLS.formatted("")),
				"reasoning_details"),

		OPENROUTER_DEEPSEEK("openrouter", "deepseek/deepseek-v4-pro",
				"""
						{"content": "I look", "reasoning": "hm", "reasoning_details": [{"type": "reasoning.text", "text": "hm", "format": "unknown", "index": 0}],
						 "tool_calls": %s}"""
					.formatted(CALLS.formatted("")),
				"reasoning_details"),

		DEEPSEEK("deepseek", "deepseek-v4-pro", """
				{"content": "", "reasoning_content": "Let me look", "tool_calls": %s}""".formatted(CALLS.formatted("")),
				"reasoning_content"),

		GEMINI("gemini", "gemini-3-pro",
				"""
						{"content": "I look", "extra_content": {"google": {"thought_signature": "of the words"}}, "tool_calls": %s}"""
					.formatted(CALLS
						.formatted(", \"extra_content\": {\"google\": {\"thought_signature\": \"of the call\"}}")),
				"extra_content"),

		ANTHROPIC("anthropic", "claude-sonnet-4-5", """
				[{"type": "thinking", "thinking": "first", "signature": "s1"}, {"type": "text", "text": "I look"},
				 {"type": "redacted_thinking", "data": "hidden"},
				 {"type": "tool_use", "id": "call_1", "name": "get_weather", "input": {"city": "Oslo"}},
				 {"type": "server_tool_use", "id": "srv_1", "name": "web_search", "input": {"query": "x"}},
				 {"type": "thinking", "thinking": "", "signature": "s2"},
				 {"type": "tool_use", "id": "call_2", "name": "get_weather", "input": {"city": "Rome"}}]""", "");

		private final String preset;

		private final String model;

		private final JsonNode turn;

		private final String wanted;

		Vendor(String preset, String model, String turn, String wanted) {
			this.preset = preset;
			this.model = model;
			this.turn = Fields.MAPPER.readTree(turn);
			this.wanted = wanted;
		}

		String provider() {
			return name().toLowerCase(Locale.ROOT).replace('_', '-');
		}

		String preset() {
			return this.preset;
		}

		String model() {
			return this.model;
		}

		/** Whether the turn came back as it was. */
		private boolean isGivenBack(JsonNode message) {
			if (this == ANTHROPIC) {
				return message.path("content").equals(this.turn);
			}
			boolean calls = this != GEMINI
					|| message.at("/tool_calls/0/extra_content").equals(this.turn.at("/tool_calls/0/extra_content"));
			return calls && message.path(this.wanted).equals(this.turn.path(this.wanted));
		}

	}

	MockWebServer start() {
		MockWebServer server = new MockWebServer();
		server.setDispatcher(this);
		try {
			server.start();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		return server;
	}

	@Override
	public MockResponse dispatch(RecordedRequest request) {
		String path = request.getUrl().pathSegments().get(0);
		if (path.startsWith("slow")) {
			return answer(Vendor.DEEPSEEK, said(Vendor.DEEPSEEK, path), "stop", true)
				.headersDelay(path.equals("slow") ? 500 : 5000, TimeUnit.MILLISECONDS)
				.build();
		}
		String text = request.getBody().utf8();
		JsonNode body = Fields.MAPPER.readTree(text);
		boolean streamed = body.path("stream").asBoolean(false);
		if (path.equals("private")) {
			String words = "of ann@example.com";
			return answer(Vendor.OPENROUTER,
					Fields.MAPPER.readTree("{\"content\":\"Hers\",\"reasoning\":\"" + words
							+ "\",\"reasoning_details\":[{\"type\":\"reasoning.text\",\"text\":\"" + words + "\"}]}"),
					"stop", streamed)
				.build();
		}
		if (path.equals("strict")) {
			return strict(text, streamed);
		}
		Vendor vendor = Vendor.valueOf(path.toUpperCase(Locale.ROOT).replace('-', '_'));
		if (text.contains(DOWN) && body.path("messages").size() > 1) {
			return new MockResponse.Builder().code(529).build();
		}
		Matcher number = NUMBERED.matcher(text);
		if (number.find()) {
			return interim(answer(vendor, said(vendor, number.group()), "stop", streamed),
					Integer.parseInt(number.group(1)));
		}
		JsonNode messages = body.path("messages");
		if (messages.size() == 1) {
			return answer(vendor, vendor.turn, "tool_calls", streamed).build();
		}
		return vendor.isGivenBack(messages.get(1)) ? answer(vendor, said(vendor, "done"), "stop", streamed).build()
				: new MockResponse.Builder().code(400)
					.body("{\"error\":{\"message\":\"The turn was changed: "
							+ messages.get(1).toString().replace("\"", "'") + "\"}}")
					.build();
	}

	/** Takes nothing of another vendor's. */
	private static MockResponse strict(String text, boolean streamed) {
		for (String field : List.of("reasoning_content", "reasoning_details", "extra_content", "signature", "hidden",
				"srv_1")) {
			if (text.contains(field)) {
				return new MockResponse.Builder().code(400)
					.body("{\"error\":{\"message\":\"It has " + field + "\"}}")
					.build();
			}
		}
		return answer(Vendor.DEEPSEEK, said(Vendor.DEEPSEEK, "strict"), "stop", streamed).build();
	}

	private static MockResponse interim(MockResponse.Builder answer, int number) {
		for (int i = 0; i < number % 4; i++) {
			answer.addInformationalResponse(new MockResponse.Builder().code((i == 0) ? 103 : 102).build());
		}
		return answer.build();
	}

	private static JsonNode said(Vendor vendor, String text) {
		return (vendor == Vendor.ANTHROPIC)
				? Fields.MAPPER.createArrayNode()
					.add(Fields.MAPPER.createObjectNode().put("type", "text").put("text", text))
				: Fields.MAPPER.createObjectNode().put("content", text);
	}

	private static MockResponse.Builder answer(Vendor vendor, JsonNode turn, String reason, boolean streamed) {
		String body = (vendor == Vendor.ANTHROPIC) ? anthropic(turn, reason, streamed)
				: openai((ObjectNode) turn, reason, streamed);
		return new MockResponse.Builder().setHeader("content-type", streamed ? "text/event-stream" : "application/json")
			.body(body);
	}

	private static String openai(ObjectNode turn, String reason, boolean streamed) {
		String choice = "{\"id\":\"c\",\"choices\":[{\"index\":0,\"%s\":%s,\"finish_reason\":%s}]}";
		if (!streamed) {
			return choice.formatted("message", turn, "\"" + reason + "\"");
		}
		ObjectNode words = turn.deepCopy();
		ObjectNode calls = Fields.MAPPER.createObjectNode();
		if (words.has("tool_calls")) {
			calls.set("tool_calls", words.remove("tool_calls"));
		}
		return "data: " + choice.formatted("delta", words, "null") + "\n\ndata: "
				+ choice.formatted("delta", calls, "\"" + reason + "\"") + "\n\ndata: [DONE]\n\n";
	}

	private static String anthropic(JsonNode blocks, String reason, boolean streamed) {
		String stop = reason.equals("stop") ? "end_turn" : "tool_use";
		if (!streamed) {
			return "{\"type\":\"message\",\"role\":\"assistant\",\"content\":" + blocks + ",\"stop_reason\":\"" + stop
					+ "\"}";
		}
		StringBuilder events = new StringBuilder(
				"data: {\"type\":\"message_start\",\"message\":{\"id\":\"m\",\"content\":[]}}\n\n");
		int index = 0;
		for (JsonNode block : (ArrayNode) blocks) {
			events.append("data: {\"type\":\"content_block_start\",\"index\":" + index + ",\"content_block\":" + block
					+ "}\n\ndata: {\"type\":\"content_block_stop\",\"index\":" + index++ + "}\n\n");
		}
		return events
			.append("data: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"" + stop
					+ "\"}}\n\ndata: {\"type\":\"message_stop\"}\n\n")
			.toString();
	}

}
