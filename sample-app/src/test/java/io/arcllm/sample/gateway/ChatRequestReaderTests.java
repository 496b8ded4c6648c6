package io.arcllm.sample.gateway;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

import io.arcllm.Content;
import io.arcllm.LlmRequest;
import io.arcllm.Message;
import io.arcllm.ReasoningEffort;
import io.arcllm.ResponseFormat;
import io.arcllm.ToolCall;
import io.arcllm.ToolChoice;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What OpenAI's clients write is understood, and what is wrong is named.
 */
class ChatRequestReaderTests {

	private static final String HI = "\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]";

	@Test
	void settingsAreReadAndTheUnknownPassesThrough() {
		LlmRequest request = read("{" + HI + """
				,"max_tokens":1,"max_completion_tokens":9,"temperature":0,"top_p":0.5,"stop":["a","b"],
				"reasoning_effort":"low","stream":true,"stream_options":{"include_usage":true},"n":1,
				"tool_choice":"required","seed":7,"logit_bias":{"1":2},"user":null}""").request();
		assertThat(request.maxTokens()).isEqualTo(9);
		assertThat(request.temperature()).isEqualTo(0.0);
		assertThat(request.topP()).isEqualTo(0.5);
		assertThat(request.stop()).containsExactly("a", "b");
		assertThat(request.reasoningEffort()).isEqualTo(ReasoningEffort.LOW);
		assertThat(request.toolChoice()).isEqualTo(ToolChoice.REQUIRED);
		assertThat(request.streaming()).isTrue();
		assertThat(request.options()).isEqualTo(Map.of("seed", 7, "logit_bias", Map.of("1", 2)));
	}

	@Test
	void unsetStaysUnset() {
		ChatRequest chat = read("{" + HI + ",\"temperature\":null,\"stop\":null,\"model\":null}");
		assertThat(chat.model()).isEmpty();
		assertThat(chat.request()).isEqualTo(LlmRequest.of("Hi"));
	}

	@Test
	void everyRoleIsRead() {
		List<Message> messages = read(
				"""
						{"messages":[{"role":"system","content":"S"},{"role":"developer","content":[{"type":"text","text":"D"}]},
						{"role":"user","content":"U"},
						{"role":"assistant","content":null,"tool_calls":[
						{"id":"1","type":"function","function":{"name":"f","arguments":"{\\"a\\": 1}"}},
						{"id":"2","type":"function","function":{"name":"g","arguments":"{broken"}}]},
						{"role":"tool","tool_call_id":"1","content":"one"},{"role":"tool","tool_call_id":"2","content":"two"},
						{"role":"assistant","content":"A"}]}""")
			.request()
			.messages();
		assertThat(messages).containsExactly(Message.system("S"), Message.system("D"), Message.user("U"),
				Message.assistant(List.of(new ToolCall("1", "f", "{\"a\": 1}", Map.of("a", 1)),
						new ToolCall("2", "g", "{broken", null))),
				Message.toolResults(Content.ToolResult.of("1", "one"), Content.ToolResult.of("2", "two")),
				Message.assistant("A"));
	}

	@Test
	void picturesAndFilesAreRead() {
		List<Content> parts = read("""
				{"messages":[{"role":"user","content":[{"type":"text","text":"Look"},
				{"type":"image_url","image_url":{"url":"https://x.example/a.png","detail":"low"}},
				{"type":"image_url","image_url":{"url":"data:image/png;base64,AQID"}},
				{"type":"file","file":{"filename":"a.pdf","file_data":"data:application/pdf;base64,AQID"}}]}]}""")
			.request()
			.messages()
			.get(0)
			.content();
		assertThat(parts.get(1)).isEqualTo(Content.Image.of(URI.create("https://x.example/a.png")));
		Content.Bytes picture = (Content.Bytes) ((Content.Image) parts.get(2)).source();
		assertThat(picture.mediaType()).isEqualTo("image/png");
		assertThat(picture.data()).containsExactly(1, 2, 3);
		assertThat(((Content.Document) parts.get(3)).name()).isEqualTo("a.pdf");
	}

	@Test
	void toolsAndFormatsAreRead() {
		LlmRequest request = read("{" + HI + """
				,"tools":[{"type":"function","function":{"name":"f","description":"d","strict":true,
				"parameters":{"type":"object","default":null}}}],
				"tool_choice":{"type":"function","function":{"name":"f"}},"response_format":{"type":"json_schema",
				"json_schema":{"name":"s","schema":{"type":"object"},"strict":true}}}""").request();
		assertThat(request.tools().get(0).parameters()).isEqualTo(Map.of("type", "object"));
		assertThat(request.tools().get(0).strict()).isTrue();
		assertThat(request.toolChoice()).isEqualTo(ToolChoice.tool("f"));
		assertThat(request.responseFormat()).isEqualTo(ResponseFormat.jsonSchema("s", Map.of("type", "object")));
	}

	@Test
	void effortOfAVendorsOwnPassesThrough() {
		LlmRequest request = read("{" + HI + ",\"reasoning_effort\":\"extreme\"}").request();
		assertThat(request.reasoningEffort()).isNull();
		assertThat(request.options()).isEqualTo(Map.of("reasoning_effort", "extreme"));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`', value = { "{} | messages", "{\"messages\":[]} | messages",
			"{\"messages\":{}} | messages", "{\"messages\":[1]} | messages[0]",
			"{\"messages\":[{\"content\":\"x\"}]} | messages[0].role",
			"{\"messages\":[{\"role\":\"king\",\"content\":\"x\"}]} | messages[0].role",
			"{\"messages\":[{\"role\":\"user\"}]} | messages[0].content",
			"{\"messages\":[{\"role\":\"user\",\"content\":1}]} | messages[0].content",
			"{\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"input_audio\"}]}]} | messages[0].content[0].type",
			"{\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"image_url\",\"image_url\":{\"url\":\"file:///etc/passwd\"}}]}]} | messages[0].content[0].image_url.url",
			"{\"messages\":[{\"role\":\"tool\",\"content\":\"x\"}]} | messages[0].tool_call_id",
			"{HI,\"temperature\":\"hot\"} | temperature", "{HI,\"max_tokens\":1.5} | max_tokens",
			"{HI,\"stop\":5} | stop", "{HI,\"stop\":[5]} | stop", "{HI,\"n\":2} | n",
			"{HI,\"stream\":\"yes\"} | stream",
			"{HI,\"tools\":[{\"type\":\"function\",\"function\":{}}]} | tools[0].function.name",
			"{HI,\"tool_choice\":\"maybe\"} | tool_choice", "{HI,\"model\":7} | model",
			"{HI,\"response_format\":{\"type\":\"json_schema\"}} | response_format.json_schema" })
	void wrongFieldsAreNamed(String body, String param) {
		assertThatExceptionOfType(InvalidChatException.class).isThrownBy(() -> read(body.replace("HI", HI)))
			.satisfies((invalid) -> assertThat(invalid.param()).isEqualTo(param))
			.withMessageContaining(param);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`', value = { "{", "[]", "``", "\"x\"", "{} {}" })
	void whatIsNoObjectIsRefused(String body) {
		assertThatExceptionOfType(InvalidChatException.class).isThrownBy(() -> read(body));
	}

	private static ChatRequest read(String body) {
		return ChatRequestReader.read(body.getBytes(StandardCharsets.UTF_8));
	}

}
