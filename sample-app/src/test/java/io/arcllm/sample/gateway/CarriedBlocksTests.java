package io.arcllm.sample.gateway;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

import io.arcllm.Content;
import io.arcllm.LlmResponse;
import io.arcllm.ToolCall;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What OpenAI's format has no words for goes to the client and comes back.
 */
class CarriedBlocksTests {

	private static final ToolCall OSLO = new ToolCall("a", "f", "{\"city\":\"Oslo\"}", Map.of("city", "Oslo"));

	private static final ToolCall ROME = new ToolCall("b", "f", "{\"city\":\"Rome\"}", Map.of("city", "Rome"));

	private static Content.Thinking signed(String text, String signature) {
		return new Content.Thinking(text, signature, null, "claude-eu");
	}

	private static List<Content> roundTrip(Content... turn) {
		LlmResponse answer = LlmResponse.builder().content(turn).target("claude-eu/m").build();
		JsonNode message = Fields.MAPPER.readTree(ChatResponseWriter.write(answer, "id", 1, "m"))
			.at("/choices/0/message");
		return read(message.toString());
	}

	private static List<Content> read(String assistant) {
		return ChatRequestReader
			.read(("{\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}," + assistant + "]}")
				.getBytes(StandardCharsets.UTF_8))
			.request()
			.messages()
			.get(1)
			.content();
	}

	@Test
	void blocksComeBackInTheirPlaces() {
		Content[] turn = { signed("t1", "s1"), new Content.Text("I look"), signed("", "s2"), OSLO,
				new Content.Thinking("", null, "hidden", "claude-eu"),
				new Content.Opaque("{\"type\": \"server_tool_use\", \"n\": 1.50}", "claude-eu"), signed("t3", "s3"),
				ROME };
		assertThat(roundTrip(turn)).containsExactly(turn);
	}

	@Test
	void wordsAreDividedWhereABlockStoodBetweenThem() {
		Content.Opaque search = new Content.Opaque("{\"type\":\"web_search_tool_result\"}", "claude-eu");
		Content[] turn = { new Content.Text("So "), search, new Content.Text("far"), OSLO };
		assertThat(roundTrip(turn)).containsExactly(turn);
	}

	@Test
	void wordsOfThinkingThatWereRedactedAreNotCarried() {
		LlmResponse answer = LlmResponse.builder()
			.content(signed("mail bob@example.com", "s"), OSLO)
			.target("claude-eu/m")
			.build()
			.withShownThinking("mail [EMAIL]");
		String body = new String(ChatResponseWriter.write(answer, "id", 1, "m"), StandardCharsets.UTF_8);
		assertThat(body).contains("mail [EMAIL]").doesNotContain("bob@example.com");
	}

	@Test
	void turnThatTheClientCutIsReadAsFarAsItGoes() {
		JsonNode details = CarriedBlocks
			.write(LlmResponse.builder().content(new Content.Text("long words"), OSLO, signed("t", "s"), ROME).build());
		assertThat(read("{\"role\":\"assistant\",\"content\":\"long\",\"reasoning_details\":" + details + "}"))
			.containsExactly(new Content.Text("long"), signed("t", "s"));
	}

	@Test
	void detailsOfAVendorOfThisFormatGoThroughAsTheyAre() {
		String details = "[{\"type\":\"reasoning.encrypted\",\"data\":\"x\",\"id\":\"a\",\"n\":15}]";
		Content.Opaque block = new Content.Opaque(
				"{\"reasoning_details\":" + details + ",\"extra_content\":{\"google\":{\"s\":1}}}", "openrouter");
		assertThat(roundTrip(new Content.Thinking("hm", null, null, "openrouter"), block, OSLO))
			.containsExactly(new Content.Thinking("hm", null, null, null), new Content.Opaque(block.json(), ""), OSLO);
	}

	@Test
	void whatWasAttachedToACallComesBackWithIt() {
		ToolCall call = new ToolCall("a", "f", "{}", Map.of(),
				new ToolCall.VendorData("{\"google\":{\"thought_signature\":\"s\"}}", "gemini"));
		assertThat(((ToolCall) roundTrip(call).get(0)).vendorData())
			.isEqualTo(new ToolCall.VendorData(call.vendorData().json(), ""));
	}

	@Test
	void thoughtsMayBeCalledReasoning() {
		for (String name : List.of("reasoning", "reasoning_content")) {
			assertThat(read("{\"role\":\"assistant\",\"content\":null,\"" + name + "\":\"hm\"}"))
				.containsExactly(new Content.Thinking("hm", null, null, null));
		}
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			textBlock = """
					"reasoning_details":"x" | messages[1].reasoning_details
					"reasoning_details":["x"] | messages[1].reasoning_details[0]
					"reasoning_content":7 | messages[1].reasoning_content
					"extra_content":[] | messages[1].extra_content
					"tool_calls":[{"id":"a","function":{"name":"f"},"extra_content":1}] | messages[1].tool_calls[0].extra_content
					""")
	void fieldOfAnotherTypeIsNamed(String field, String param) {
		assertThatExceptionOfType(InvalidChatException.class)
			.isThrownBy(() -> read("{\"role\":\"assistant\",\"content\":\"x\"," + field + "}"))
			.satisfies((ex) -> assertThat(ex.param()).isEqualTo(param));
	}

}
