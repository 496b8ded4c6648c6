package io.arcllm.module;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.arcllm.Content;
import io.arcllm.LlmRequest;
import io.arcllm.Message;
import io.arcllm.Tool;
import io.arcllm.ToolCall;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The one estimate of a request's tokens.
 */
public class TokenCountTests {

	/** A tool of so many properties, about 25 tokens each. */
	public static Tool tool(int properties) {
		Map<String, Object> schema = new LinkedHashMap<>();
		for (int i = 0; i < properties; i++) {
			schema.put("property_" + i,
					Map.of("type", "string", "description", "What the property " + i + " of the order is, in words"));
		}
		return Tool.of("order", "Orders something", Map.of("type", "object", "properties", schema));
	}

	private static int tokens(Content... parts) {
		return TokenCount.tokens(LlmRequest.of(List.of(new Message(Message.Role.USER, List.of(parts)))));
	}

	@Test
	void isAQuarterOfTheBytesInUtf8() {
		assertThat(tokens(new Content.Text("x".repeat(8000)))).isEqualTo(2000);
		assertThat(tokens(new Content.Text("中".repeat(8000)))).isEqualTo(6000);
		assertThat(tokens(new Content.Text("é".repeat(8000)))).isEqualTo(4000);
		assertThat(tokens(new Content.Text("😀".repeat(1000)))).isEqualTo(1000);
	}

	@Test
	void countsToolsWithTheirSchemas() {
		LlmRequest request = LlmRequest.builder().messages(Message.user("hi")).tools(tool(400)).build();
		assertThat(TokenCount.tokens(request)).isBetween(9_000, 12_000);
	}

	@Test
	void countsToolCallsTheirResultsAndThinking() {
		String long400 = "x".repeat(400);
		assertThat(tokens(new ToolCall("id", "f", "{\"q\":\"" + long400 + "\"}", Map.of("q", long400)))).isBetween(100,
				105);
		assertThat(tokens(ToolCall.of("id", "f", Map.of("q", long400)))).isBetween(100, 105);
		assertThat(tokens(Content.ToolResult.of("id", long400))).isEqualTo(100);
		assertThat(tokens(new Content.Thinking(long400, long400, null, "a"))).isEqualTo(200);
	}

	@Test
	void countsAPictureAsOneAndADocumentOfTextByItsBytes() {
		assertThat(tokens(Content.Image.of("image/png", new byte[1_000_000]))).isEqualTo(1000);
		assertThat(tokens(Content.Document.of("text/plain", new byte[8000], "a.txt"))).isEqualTo(2000);
	}

}
