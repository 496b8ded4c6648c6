package io.arcllm.provider.openai;

import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.arcllm.Content;
import io.arcllm.ErrorKind;
import io.arcllm.LlmConfigException;
import io.arcllm.LlmException;
import io.arcllm.LlmRequest;
import io.arcllm.Message;
import io.arcllm.ReasoningEffort;
import io.arcllm.ResponseFormat;
import io.arcllm.Tool;
import io.arcllm.ToolCall;
import io.arcllm.ToolChoice;
import io.arcllm.provider.Presets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.http.HttpHeaders;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

class OpenAiEncoderTests {

	@Test
	void onlyWhatIsSetIsSent() {
		assertJson(encode(request().build()), "{'model':'m','messages':[{'role':'user','content':'Hi'}]}");
	}

	@Test
	void everythingThatIsSetIsSentAndZeroIsSet() {
		LlmRequest request = request().maxTokens(0)
			.temperature(0.0)
			.topP(0.0)
			.stop("a", "b")
			.reasoningEffort(ReasoningEffort.LOW)
			.tools(new Tool("f", "does f", Map.of("type", "object"), true), Tool.of("g", "", Map.of()))
			.toolChoice(ToolChoice.tool("f"))
			.responseFormat(ResponseFormat.jsonSchema("s", Map.of("type", "object")))
			.streaming(true)
			.build();
		assertJson(encode(request),
				"""
						{'model':'m','messages':[{'role':'user','content':'Hi'}],'max_tokens':0,'temperature':0.0,'top_p':0.0,
						'stop':['a','b'],'reasoning_effort':'low','tools':[
						{'type':'function','function':{'name':'f','description':'does f','parameters':{'type':'object','properties':{},'required':[],
						'additionalProperties':false},
						'strict':true}},
						{'type':'function','function':{'name':'g','parameters':{'type':'object','properties':{}}}}],
						'tool_choice':{'type':'function','function':{'name':'f'}},
						'response_format':{'type':'json_schema','json_schema':{'name':'s','schema':{'type':'object','additionalProperties':false},
						'strict':true}},'stream':true,'stream_options':{'include_usage':true}}""");
	}

	@Test
	void optionsWinOverFields() {
		Map<String, Object> options = new LinkedHashMap<>();
		options.put("temperature", 1);
		options.put("seed", null);
		options.put("model", "other");
		JsonNode body = encode(request().temperature(0.0).options(options).build());
		assertJson(body, "{'messages':[{'role':'user','content':'Hi'}],'temperature':1,'seed':null,'model':'other'}");
	}

	@Test
	void arraysOfNumbersAreSentAsTheyAre() {
		JsonNode body = encode(
				request().options(Map.of("bias", List.of(new double[] { 1.5, -0.25 }, new float[] { 2.5f }))).build());
		assertJson(body.get("bias"), "[[1.5,-0.25],[2.5]]");
	}

	@Test
	void conversationKeepsItsTurns() {
		JsonNode body = encode(request().messages(Message.system("one"), Message.system("two"), Message.user("Hi"),
				Message.assistant(List.of(new Content.Thinking("hm", null, null, "acme"), new Content.Text("Let's see"),
						new ToolCall("a", "f", "{\"x\": 1}", Map.of("x", 1)), ToolCall.of("b", "g", Map.of("y", 2)))),
				new Message(Message.Role.USER, List.of(new Content.Text("And now?"), Content.ToolResult.of("a", "1"),
						Content.ToolResult.error("b", "broken"))))
			.build());
		assertJson(body.get("messages"), """
				[{'role':'system','content':'one'},{'role':'system','content':'two'},{'role':'user','content':'Hi'},
				{'role':'assistant','content':"Let's see",'tool_calls':[
				{'id':'a','type':'function','function':{'name':'f','arguments':'{\\"x\\": 1}'}},
				{'id':'b','type':'function','function':{'name':'g','arguments':'{\\"y\\":2}'}}]},
				{'role':'tool','tool_call_id':'a','content':'1'},
				{'role':'tool','tool_call_id':'b','content':'Error: broken'},
				{'role':'user','content':'And now?'}]""");
	}

	@Test
	void picturesAndDocumentsAreSent() {
		JsonNode body = encode(request()
			.messages(Message.user(new Content.Text("Look"), Content.Image.of("image/png", new byte[] { 1, 2, 3 }),
					Content.Image.of(URI.create("https://example.com/a.png")),
					Content.Document.of("application/pdf", new byte[] { 4 }, "a.pdf")))
			.build());
		assertJson(body.get("messages").get(0).get("content"), """
				[{'type':'text','text':'Look'},{'type':'image_url','image_url':{'url':'data:image/png;base64,AQID'}},
				{'type':'image_url','image_url':{'url':'https://example.com/a.png'}},
				{'type':'file','file':{'filename':'a.pdf','file_data':'data:application/pdf;base64,BA=='}}]""");
	}

	@Test
	void pictureInAToolResultFollowsTheResults() {
		Content.ToolResult shot = new Content.ToolResult("a",
				List.of(new Content.Text("done"), Content.Image.of("image/png", new byte[] { 1 })), false);
		JsonNode messages = encode(
				request().messages(Message.toolResults(shot, Content.ToolResult.of("b", "2"))).build())
			.get("messages");
		assertThat(messages).extracting((message) -> message.get("role").stringValue())
			.containsExactly("tool", "tool", "user");
		assertThat(messages.get(2).get("content").get(1).get("type").stringValue()).isEqualTo("image_url");
	}

	@Test
	void quirksAreRespected() {
		LlmRequest request = request()
			.messages(Message.system("s"), Message.user("Hi"),
					Message.assistant(
							List.of(new Content.Thinking("hm", null, null, "acme"), ToolCall.of("a", "f", Map.of()))),
					Message.toolResult("a", "1"), Message.assistant("Begin"))
			.maxTokens(5)
			.streaming(true)
			.build();
		Set<OpenAiQuirk> quirks = OpenAiQuirk.parse(Set.of("max-completion-tokens", "no-stream-options", "prefix-flag",
				"developer-role", "echo-reasoning"));
		JsonNode body = JsonMapper.shared().readTree(new OpenAiFormat("acme", quirks).encode(request));
		assertThat(body.get("max_completion_tokens").intValue()).isEqualTo(5);
		assertThat(body.has("max_tokens")).isFalse();
		assertThat(body.has("stream_options")).isFalse();
		assertThat(body.get("messages").get(0).get("role").stringValue()).isEqualTo("developer");
		assertThat(body.get("messages").get(2).get("reasoning_content").stringValue()).isEqualTo("hm");
		assertThat(body.get("messages").get(2).has("prefix")).isFalse();
		assertThat(body.get("messages").get(4).get("prefix").booleanValue()).isTrue();
	}

	static List<LlmRequest> refused() {
		Content document = Content.Document.of("application/pdf", new byte[] { 1 }, "");
		List<LlmRequest> requests = new ArrayList<>();
		requests.add(request().messages(Message.user(document)).build());
		requests
			.add(request().messages(Message.user(Content.Document.of(URI.create("https://example.com/a")))).build());
		requests.add(request().messages(Message.assistant(List.of(document))).build());
		requests.add(request().messages(new Message(Message.Role.SYSTEM, List.of(document))).build());
		requests.add(request().messages(Message.user(ToolCall.of("a", "f", Map.of()))).build());
		requests.add(request().responseFormat(ResponseFormat.jsonSchema("s", Map.of())).build());
		requests.add(request().temperature(Double.NaN).build());
		requests.add(request().options(Map.of("bias", new double[] { 1, Double.NaN })).build());
		requests.add(request().options(Map.of("bias", List.of(new float[] { Float.POSITIVE_INFINITY }))).build());
		return requests;
	}

	@ParameterizedTest
	@MethodSource("refused")
	void whatTheVendorCannotTakeIsRefused(LlmRequest request) {
		OpenAiFormat format = new OpenAiFormat("acme", Set.of(OpenAiQuirk.NO_FILES, OpenAiQuirk.NO_JSON_SCHEMA));
		LlmException failure = catchThrowableOfType(LlmException.class, () -> format.encode(request));
		assertThat(failure.kind()).isIn(ErrorKind.UNSUPPORTED, ErrorKind.INVALID_REQUEST);
		assertThat(failure.details().target()).hasToString("acme/m");
	}

	@ParameterizedTest
	@CsvSource({ "https://api.example.com, https://api.example.com/v1/chat/completions",
			"https://api.example.com/v1, https://api.example.com/v1/chat/completions",
			"https://api.example.com/openai, https://api.example.com/openai/chat/completions",
			"http://localhost:8000, http://localhost:8000/v1/chat/completions",
			"https://e.com/v1/chat/completions, https://e.com/v1/chat/completions" })
	void urlIsCompleted(String baseUrl, String url) {
		assertThat(new OpenAiFormat("acme").url(baseUrl)).isEqualTo(url);
	}

	@Test
	void keyGoesWhereTheVendorWantsIt() {
		HttpHeaders bearer = new HttpHeaders();
		new OpenAiFormat("acme").headers(bearer, "k");
		assertThat(bearer.getFirst("authorization")).isEqualTo("Bearer k");
		HttpHeaders azure = new HttpHeaders();
		new OpenAiFormat("acme", Set.of(OpenAiQuirk.API_KEY_HEADER)).headers(azure, "k");
		assertThat(azure.getFirst("api-key")).isEqualTo("k");
		assertThat(azure.getFirst("authorization")).isNull();
	}

	@Test
	void quirksOfAllPresetsAreKnown() {
		Presets presets = Presets.load(null);
		presets.names()
			.stream()
			.map((name) -> presets.find(name).orElseThrow())
			.filter((preset) -> preset.type().equals("openai"))
			.forEach((preset) -> assertThat(OpenAiQuirk.parse(preset.quirks())).hasSameSizeAs(preset.quirks()));
	}

	@Test
	void unknownQuirkIsNamed() {
		assertThatExceptionOfType(LlmConfigException.class).isThrownBy(() -> OpenAiQuirk.parse(Set.of("odd")))
			.withMessageContaining("odd")
			.withMessageContaining("no-stream-options");
	}

	private static LlmRequest.Builder request() {
		return LlmRequest.of("Hi").mutate().model("m");
	}

	private static JsonNode encode(LlmRequest request) {
		return JsonMapper.shared().readTree(new OpenAiFormat("acme").encode(request));
	}

	private static void assertJson(JsonNode actual, String expected) {
		JsonMapper lenient = JsonMapper.builder()
			.enable(tools.jackson.core.json.JsonReadFeature.ALLOW_SINGLE_QUOTES)
			.build();
		assertThat(actual).isEqualTo(lenient.readTree(expected));
	}

}
