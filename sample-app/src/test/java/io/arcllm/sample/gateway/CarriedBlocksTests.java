package io.arcllm.sample.gateway;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

import io.arcllm.Content;
import io.arcllm.LlmEvent;
import io.arcllm.LlmResponse;
import io.arcllm.ToolCall;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

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
		String body = new String(ChatResponseWriter.write(answer, "id", 1, "m"), StandardCharsets.UTF_8);
		return read(body.substring(body.indexOf("\"message\":") + 10, body.indexOf(",\"logprobs\"")));
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

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void blocksOfVendorsInWhichADetectorFindsSomethingAreHeldBack(boolean streamed) {
		String found = "{\"type\":\"reasoning.text\",\"text\":\"mail bob@example.com\"}";
		LlmResponse answer = LlmResponse.builder()
			.content(signed("t1", "s1"), new Content.Opaque("{\"reasoning_details\":[" + found + "]}", "openrouter"),
					new Content.Opaque("{\"type\":\"web_search_tool_result\",\"url\":\"bob@example.com\"}",
							"claude-eu"),
					new Content.Opaque("{\"extra_content\":{\"google\":\"bob@example.com\"}}", "gemini"),
					new ToolCall("a", "f", "{}", Map.of(),
							new ToolCall.VendorData("{\"google\":\"bob@example.com\"}", "gemini")))
			.target("claude-eu/m")
			.build()
			.withShownThinking("t1");
		ChatChunkWriter writer = new ChatChunkWriter("id", 1, false);
		writer.model("m");
		byte[] body = streamed ? writer.write(new LlmEvent.Completed(answer))
				: ChatResponseWriter.write(answer, "id", 1, "m");
		assertThat(new String(body, StandardCharsets.UTF_8)).doesNotContain("bob@").contains("\"signature\":\"s1\"");
	}

	@Test
	void detailsOfSeveralLinesStayOneLineOfAStream() {
		ChatChunkWriter writer = new ChatChunkWriter("id", 1, false);
		writer.model("m");
		byte[] stream = writer.write(new LlmEvent.Completed(LlmResponse.builder()
			.content(new Content.Opaque("{\n  \"reasoning_details\": [\r\n {\"n\":\n 1.50}]}", "openrouter"),
					new ToolCall("a", "f", "{}", Map.of(), new ToolCall.VendorData("{\n\"s\": 1}", "gemini")))
			.build()));
		assertThat(new String(stream, StandardCharsets.UTF_8).lines().filter((line) -> !line.isEmpty()))
			.allMatch((line) -> line.startsWith("data: "))
			.anyMatch((line) -> line.contains("1.50"));
	}

	@Test
	void turnThatTheClientCutIsReadAsFarAsItGoes() {
		List<String> details = CarriedBlocks
			.write(LlmResponse.builder().content(new Content.Text("long words"), OSLO, signed("t", "s"), ROME).build());
		assertThat(read("{\"role\":\"assistant\",\"content\":\"long\",\"reasoning_details\":" + details + "}"))
			.containsExactly(new Content.Text("long"), signed("t", "s"));
	}

	@Test
	void detailsOfAVendorOfThisFormatGoThroughAsTheyAre() {
		String details = "[{\"type\" : \"reasoning.encrypted\",\"data\":\"x\\/\\u00e9é\",\"id\":\"a\",\"n\":1.50},"
				+ "{\"n\": 1E+2, \"big\":12345678901234567890.10}]";
		Content.Opaque block = new Content.Opaque(
				"{\"reasoning_details\":" + details + ",\"extra_content\":{ \"google\": {\"s\":1.0}}}", "openrouter");
		assertThat(roundTrip(new Content.Thinking("hm", null, null, "openrouter"), block, OSLO))
			.containsExactly(new Content.Thinking("hm", null, null, null), new Content.Opaque(block.json(), ""), OSLO);
	}

	@Test
	void whatWasAttachedToACallComesBackWithIt() {
		ToolCall call = new ToolCall("a", "f", "{}", Map.of(),
				new ToolCall.VendorData("{\"google\":{ \"thought_signature\":\"s\\/\", \"n\":1.50}}", "gemini"));
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
