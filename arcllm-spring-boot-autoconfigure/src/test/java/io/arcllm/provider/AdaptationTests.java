package io.arcllm.provider;

import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;

import io.arcllm.Content;
import io.arcllm.ErrorKind;
import io.arcllm.LlmException;
import io.arcllm.LlmRequest;
import io.arcllm.Message;
import io.arcllm.Parameter;
import io.arcllm.ReasoningEffort;
import io.arcllm.Target;
import io.arcllm.Tool;
import io.arcllm.ToolCall;
import io.arcllm.ToolChoice;
import io.arcllm.provider.anthropic.AnthropicFormat;
import io.arcllm.provider.ollama.OllamaFormat;
import io.arcllm.provider.openai.OpenAiFormat;
import io.arcllm.provider.openai.OpenAiQuirk;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * One request, as each target takes it.
 */
class AdaptationTests {

	private static final ModelCatalog MODELS = ModelCatalog.load();

	private static final Presets PRESETS = Presets.load(null);

	private static final String LONG_ID = "call_" + "x".repeat(41);

	private static WireFormat format(String vendor) {
		Preset preset = PRESETS.find(vendor).orElseThrow();
		return switch (preset.type()) {
			case "anthropic" -> new AnthropicFormat(vendor);
			case "ollama" -> new OllamaFormat(vendor);
			default -> new OpenAiFormat(vendor, OpenAiQuirk.parse(preset.quirks()));
		};
	}

	private static Adaptation adapt(String target, LlmRequest request, boolean refuses) {
		Target parsed = Target.parse(target);
		return new Adaptation(request.withModel(parsed.model()), parsed, MODELS.find(parsed.model()), refuses)
			.to(format(parsed.provider()));
	}

	private static Adaptation adapt(String target, LlmRequest request) {
		return adapt(target, request, false);
	}

	private static JsonNode sent(String target, LlmRequest request) {
		Adaptation adapted = adapt(target, request);
		return JsonMapper.shared()
			.readTree(format(Target.parse(target).provider()).encode(adapted.request(), adapted.traits()));
	}

	private static LlmRequest ask(UnaryOperator<LlmRequest.Builder> request) {
		return request.apply(LlmRequest.builder().messages(Message.user("Hi"))).build();
	}

	private static LlmRequest toolRound(String id, Content... result) {
		return LlmRequest.of(List.of(Message.user("Weather in Oslo?"),
				Message.assistant(List.of(ToolCall.of(id, "weather", Map.of("city", "Oslo")))),
				new Message(Message.Role.USER, List.of(new Content.ToolResult(id, List.of(result), false)))));
	}

	/** At a vendor with a form of its own, of a model with another. */
	@ParameterizedTest
	@CsvSource({ "openrouter/mistralai/mistral-small,[a-zA-Z0-9]{9}", "openai/mistral-small,[a-zA-Z0-9]{9}",
			"anthropic/mistral-small,[a-zA-Z0-9]{9}", "mistral/gpt-4o,[a-zA-Z0-9]{9}", "mistral/llama3,[a-zA-Z0-9]{9}",
			"anthropic/gpt-4o,'[a-zA-Z0-9_-]{1,40}'", "openrouter/openai/gpt-4o,'.{1,40}'",
			"anthropic/claude-sonnet-4-5,[a-zA-Z0-9_-]+", "groq/llama3,'call_x{41}|functions.get:0|abcdefghi'" })
	void idsFitTheModelAndItsVendor(String target, String form) {
		for (String id : List.of(LONG_ID, "functions.get:0", "abcdefghi")) {
			JsonNode messages = sent(target, toolRound(id, new Content.Text("4"))).get("messages");
			JsonNode call = target.startsWith("anthropic") ? messages.at("/1/content/0/id")
					: messages.at("/1/tool_calls/0/id");
			JsonNode result = target.startsWith("anthropic") ? messages.at("/2/content/0/tool_use_id")
					: messages.at("/2/tool_call_id");
			assertThat(call.stringValue()).matches(form).isEqualTo(result.stringValue());
		}
	}

	@ParameterizedTest
	@CsvSource({ "openai/gpt-4o", "openai/gpt-5-mini", "anthropic/claude-sonnet-4-5", "ollama/llama3.2",
			"mistral/mistral-small-latest", "groq/llama-3.3-70b-versatile", "gemini/gemini-2.5-flash" })
	void requestThatNeedsNothingIsNotCopied(String target) {
		LlmRequest request = ask((r) -> r.model(Target.parse(target).model())
			.maxTokens(100)
			.tools(Tool.of("f", "does f", Map.of("type", "object")))
			.streaming(true));
		Adaptation adapted = adapt(target, request);
		assertThat(adapted.request()).isSameAs(request);
		assertThat(adapted.leftOut()).isEmpty();
	}

	@Test
	void whatAReasoningModelDoesNotTakeIsLeftOut() {
		LlmRequest request = ask((r) -> r.temperature(0.2)
			.topP(0.9)
			.stop("x")
			.maxTokens(7)
			.options(Map.of("frequency_penalty", 1, "presence_penalty", 1, "seed", 3)));
		for (String target : List.of("openai/gpt-5-mini", "openai/o3", "azure-openai/gpt-5",
				"openrouter/openai/o4-mini")) {
			Adaptation adapted = adapt(target, request);
			assertThat(adapted.leftOut()).containsExactly("temperature", "top-p", "stop", "penalties");
			JsonNode body = sent(target, request);
			assertThat(body.propertyNames()).doesNotContain("temperature", "top_p", "stop", "frequency_penalty",
					"presence_penalty", "max_tokens");
			assertThat(body.get("seed").intValue()).isEqualTo(3);
			assertThat(body.get("max_completion_tokens").intValue()).isEqualTo(7);
		}
		assertThat(adapt("openai/gpt-4o", request).leftOut()).isEmpty();
	}

	@Test
	void claudeTakesATemperatureOrTopP() {
		LlmRequest request = ask((r) -> r.temperature(0.2).topP(0.9));
		Adaptation adapted = adapt("anthropic/claude-sonnet-4-5", request);
		assertThat(adapted.leftOut()).containsExactly("top-p");
		assertThat(adapted.request().temperature()).isEqualTo(0.2);
		assertThat(adapt("anthropic/claude-sonnet-4-5", ask((r) -> r.topP(0.9))).leftOut()).isEmpty();
		assertThat(adapt("anthropic/claude-opus-4-8", request).leftOut()).containsExactly("temperature", "top-p");
	}

	@Test
	void temperatureAboveOneAndBlankStopsAreLeftOutAtAnthropic() {
		LlmRequest request = ask((r) -> r.temperature(1.5).stop("\n", "END", " "));
		Adaptation adapted = adapt("anthropic/claude-sonnet-4-5", request);
		assertThat(adapted.leftOut()).containsExactly("temperature", "stop");
		assertThat(adapted.request().stop()).containsExactly("END");
	}

	@ParameterizedTest
	@CsvSource({ "claude-opus-4-8, MEDIUM, medium", "claude-opus-4-7, XHIGH, xhigh", "claude-sonnet-5, MAX, max",
			"claude-opus-4-6, XHIGH, high", "claude-opus-4.8, MINIMAL, low" })
	void effortIsAdaptiveSinceOpus47(String model, ReasoningEffort effort, String sent) {
		JsonNode body = sent("anthropic/" + model, ask((r) -> r.reasoningEffort(effort).temperature(0.3)));
		assertThat(body.get("thinking")).hasToString("{\"type\":\"adaptive\"}");
		assertThat(body.at("/output_config/effort").asString()).isEqualTo(sent);
		assertThat(body.has("temperature")).isFalse();
	}

	@ParameterizedTest
	@ValueSource(strings = { "anthropic.claude-opus-4-7-v1:0", "us.anthropic.claude-opus-4-7-20260416-v1:0",
			"anthropic/claude-opus-4.7", "claude-opus-4-7@20260416" })
	void claudeIsKnownUnderTheNamesOfItsHosts(String model) {
		assertThat(MODELS.find(model).thinking()).isEqualTo(ModelTraits.Thinking.ADAPTIVE);
	}

	@Test
	void effortIsABudgetBefore() {
		JsonNode body = sent("anthropic/claude-sonnet-4-5", ask((r) -> r.reasoningEffort(ReasoningEffort.MEDIUM)));
		assertThat(body.get("thinking")).hasToString("{\"type\":\"enabled\",\"budget_tokens\":8192}");
		assertThat(body.has("output_config")).isFalse();
	}

	@Test
	void effortGivesWayToAForcedToolAndTemperatureToEffort() {
		Tool tool = Tool.of("f", "", Map.of());
		Adaptation forced = adapt("anthropic/claude-sonnet-4-5",
				ask((r) -> r.tools(tool)
					.toolChoice(ToolChoice.REQUIRED)
					.temperature(0.2)
					.reasoningEffort(ReasoningEffort.LOW)));
		assertThat(forced.leftOut()).containsExactly("reasoning-effort");
		Adaptation free = adapt("anthropic/claude-sonnet-4-5",
				ask((r) -> r.tools(tool).temperature(0.2).reasoningEffort(ReasoningEffort.LOW)));
		assertThat(free.leftOut()).containsExactly("temperature");
	}

	@Test
	void effortIsNotAskedForInsideAnothersToolLoop() {
		LlmRequest request = toolRound("a", new Content.Text("4")).mutate()
			.reasoningEffort(ReasoningEffort.LOW)
			.build();
		assertThat(adapt("anthropic/claude-sonnet-4-5", request).leftOut()).containsExactly("reasoning-effort");
	}

	@Test
	void modelThatDoesNotThinkIsNotAskedTo() {
		LlmRequest request = ask((r) -> r.reasoningEffort(ReasoningEffort.HIGH));
		for (String target : List.of("ollama/llama3.2", "ollama/gemma3:4b", "groq/llama-3.3-70b-versatile",
				"openai/gpt-4o", "anthropic/claude-3-5-haiku-latest", "mistral/mistral-small-latest")) {
			assertThat(adapt(target, request).leftOut()).as(target).containsExactly("reasoning-effort");
		}
		assertThat(adapt("ollama/qwen3:8b", request).leftOut()).isEmpty();
	}

	@ParameterizedTest
	@CsvSource({ "gpt-5-mini, XHIGH, high", "gpt-5-mini, MINIMAL, minimal", "gpt-5.2, XHIGH, xhigh",
			"gpt-5.2, MAX, xhigh", "o3, MINIMAL, low", "house-7b, MAX, high", "gpt-5-2025-08-07, HIGH, high" })
	void effortIsTheNearestLevelThatTheModelHas(String model, ReasoningEffort effort, String sent) {
		assertThat(sent("openai/" + model, ask((r) -> r.reasoningEffort(effort))).get("reasoning_effort").asString())
			.isEqualTo(sent);
	}

	@Test
	void idsOfToolCallsAreTranslatedAlikeAtBothEnds() {
		Map<String, String> forms = Map.of("mistral/mistral-small-latest", "[a-zA-Z0-9]{9}", "openai/gpt-5-mini",
				"[a-zA-Z0-9_-]{1,40}", "anthropic/claude-sonnet-4-5", "[a-zA-Z0-9_-]+", "vllm/mistral-7b",
				"[a-zA-Z0-9]{9}");
		for (String id : List.of(LONG_ID, "functions.get_weather:0", "call_PTLP8xhu3uwZk4l3nlnrrJha", "ü")) {
			forms.forEach((target, form) -> {
				LlmRequest request = toolRound(id, new Content.Text("4"));
				LlmRequest adapted = adapt(target, request).request();
				ToolCall call = (ToolCall) adapted.messages().get(1).content().get(0);
				Content.ToolResult result = (Content.ToolResult) adapted.messages().get(2).content().get(0);
				assertThat(call.id()).isEqualTo(result.toolCallId());
				if (!target.startsWith("openai") || id.length() > 40) {
					assertThat(call.id()).as(target).matches(form);
				}
				assertThat(adapt(target, request).request()).isEqualTo(adapted);
			});
		}
		LlmRequest own = toolRound("abcDEF123", new Content.Text("4"));
		assertThat(adapt("mistral/mistral-small-latest", own.withModel("mistral-small-latest")).request().messages())
			.isSameAs(own.messages());
	}

	/** Kimi counts the calls of each turn from 0. */
	@ParameterizedTest
	@CsvSource({ "anthropic/claude-sonnet-4-5", "mistral/mistral-small-latest", "openai/gpt-4o" })
	void idThatIsUsedAgainGetsAnother(String target) {
		String id = "functions.weather:0";
		List<Message> round = toolRound(id, new Content.Text("4")).messages();
		List<Message> rounds = new ArrayList<>(round);
		rounds.addAll(round);
		List<String> calls = new ArrayList<>();
		List<String> results = new ArrayList<>();
		adapt(target, LlmRequest.of(rounds)).request()
			.messages()
			.forEach((message) -> message.content().forEach((part) -> {
				if (part instanceof ToolCall call) {
					calls.add(call.id());
				}
				else if (part instanceof Content.ToolResult result) {
					results.add(result.toolCallId());
				}
			}));
		assertThat(calls).hasSize(2).doesNotHaveDuplicates().isEqualTo(results);
		assertThat(calls).allMatch((sent) -> format(Target.parse(target).provider()).toolIds().takes(sent));
	}

	@Test
	void parallelCallsOfOneIdAreAnsweredInTheirOrder() {
		List<Content> calls = List.of(ToolCall.of("a.b", "f", Map.of("n", 1)), ToolCall.of("a.b", "f", Map.of("n", 2)));
		List<Message> sent = adapt("anthropic/claude-sonnet-4-5",
				LlmRequest.of(List.of(Message.user("Hi"), Message.assistant(calls),
						Message.toolResults(Content.ToolResult.of("a.b", "1"), Content.ToolResult.of("a.b", "2")))))
			.request()
			.messages();
		assertThat(sent.get(1).content()).extracting((part) -> ((ToolCall) part).id())
			.doesNotHaveDuplicates()
			.isEqualTo(sent.get(2).content().stream().map((part) -> ((Content.ToolResult) part).toolCallId()).toList());
	}

	@Test
	void choiceStaysWithTheVendorsOwnTools() {
		LlmRequest request = ask((r) -> r.toolChoice(ToolChoice.AUTO).options(Map.of("tools", List.of())));
		assertThat(adapt("openai/gpt-4o", request).request()).isEqualTo(request.withModel("gpt-4o"));
	}

	@Test
	void choiceOfNoToolsIsLeftOut() {
		for (ToolChoice choice : List.of(ToolChoice.AUTO, ToolChoice.NONE)) {
			LlmRequest request = ask((r) -> r.toolChoice(choice).options(Map.of("parallel_tool_calls", false)));
			for (String target : List.of("openai/gpt-5-mini", "anthropic/claude-sonnet-4-5", "xai/grok-4")) {
				assertThat(sent(target, request).propertyNames()).doesNotContain("tool_choice", "parallel_tool_calls");
			}
		}
	}

	@Test
	void strictToolIsComplete() {
		Tool none = new Tool("none", "", Map.of(), true);
		Tool nested = new Tool("nested", "",
				Map.of("type", "object", "properties", Map.of("at", Map.of("type", "object", "properties",
						Map.of("x", Map.of("type", "integer")), "required", List.of("x"))), "required", List.of("at")),
				true);
		Tool optional = new Tool("optional", "",
				Map.of("type", "object", "properties", Map.of("x", Map.of("type", "integer"))), true);
		LlmRequest request = ask((r) -> r.tools(none, nested, optional));
		JsonNode tools = sent("openai/gpt-5-mini", request).get("tools");
		assertThat(tools.at("/0/function/parameters"))
			.hasToString("{\"type\":\"object\",\"properties\":{},\"required\":[],\"additionalProperties\":false}");
		assertThat(tools.at("/0/function/strict").booleanValue()).isTrue();
		assertThat(tools.at("/1/function/parameters/additionalProperties").booleanValue(true)).isFalse();
		assertThat(tools.at("/1/function/parameters/properties/at/additionalProperties").booleanValue(true)).isFalse();
		assertThat(tools.at("/1/function/strict").booleanValue()).isTrue();
		// not all of its properties are required: OpenAI would refuse to hold anything to
		// it
		assertThat(tools.at("/2/function/strict").booleanValue(true)).isFalse();
		JsonNode anthropic = sent("anthropic/claude-sonnet-4-5", request).get("tools");
		assertThat(anthropic.at("/1/input_schema/additionalProperties").booleanValue(true)).isFalse();
		assertThat(anthropic.at("/2/strict").booleanValue()).isTrue();
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '\0',
			value = { "{\"type\":\"object\"}|true", "{\"properties\":{}}|true",
					"{\"type\":\"object\",\"properties\":{}}|true", "{\"required\":[]}|true",
					"{\"type\":\"object\",\"properties\":{},\"additionalProperties\":true}|false" })
	void strictToolWithLittleOfASchemaIsCompleteOrNotStrict(String schema, boolean strict) {
		Map<String, Object> parameters = new HashMap<>();
		JsonMapper.shared()
			.readTree(schema)
			.properties()
			.forEach((field) -> parameters.put(field.getKey(),
					JsonMapper.shared().convertValue(field.getValue(), Object.class)));
		JsonNode whole = JsonMapper.shared()
			.readTree("{\"type\":\"object\",\"properties\":{},\"required\":[],\"additionalProperties\":false}");
		LlmRequest request = ask((r) -> r.tools(new Tool("f", "", parameters, true)));
		JsonNode openai = sent("openai/gpt-5-mini", request).at("/tools/0/function");
		JsonNode anthropic = sent("anthropic/claude-sonnet-4-5", request).at("/tools/0");
		assertThat(openai.path("strict").booleanValue()).isEqualTo(strict);
		assertThat(anthropic.path("strict").booleanValue()).isEqualTo(strict);
		if (strict) {
			assertThat(openai.path("parameters")).isEqualTo(whole);
			assertThat(anthropic.path("input_schema")).isEqualTo(whole);
		}
		JsonNode loose = sent("openai/gpt-4o", ask((r) -> r.tools(Tool.of("f", "", parameters))))
			.at("/tools/0/function");
		assertThat(loose.at("/parameters/type").stringValue()).isEqualTo("object");
		assertThat(loose.at("/parameters/properties").isObject()).isTrue();
	}

	@Test
	void mistralGetsAnAssistantTurnBetweenAToolAndAUser() {
		LlmRequest request = toolRound("abcdefgh1", new Content.Text("see"),
				Content.Image.of("image/png", new byte[] { 1 }));
		for (String target : List.of("mistral/mistral-small-latest", "openrouter/mistralai/mistral-small",
				"vllm/mistralai/Mistral-Small-3.2")) {
			assertThat(sent(target, request).get("messages")
				.valueStream()
				.map((message) -> message.get("role").asString()))
				.containsExactly("user", "assistant", "tool", "assistant", "user");
		}
		assertThat(sent("groq/m", request).get("messages").valueStream().map((m) -> m.get("role").asString()))
			.containsExactly("user", "assistant", "tool", "user");
	}

	@Test
	void deepSeekDoesNotThinkWhereTheThoughtsOfACallAreMissing() {
		LlmRequest request = toolRound("a", new Content.Text("4")).mutate()
			.reasoningEffort(ReasoningEffort.HIGH)
			.build();
		JsonNode body = sent("deepseek/deepseek-v4-pro", request);
		assertThat(body.get("thinking")).hasToString("{\"type\":\"disabled\"}");
		assertThat(body.has("reasoning_effort")).isFalse();
		assertThat(sent("deepseek/deepseek-v4-pro", ask((r) -> r)).has("thinking")).isFalse();
		LlmRequest own = LlmRequest.of(
				List.of(Message.user("Weather?"),
						Message.assistant(List.of(new Content.Thinking("hm", null, null, "deepseek"),
								ToolCall.of("a", "weather", Map.of()))),
						Message.user(Content.ToolResult.of("a", "4"))));
		JsonNode kept = sent("deepseek/deepseek-v4-pro", own);
		assertThat(kept.has("thinking")).isFalse();
		assertThat(kept.at("/messages/1/reasoning_content").asString()).isEqualTo("hm");
	}

	@Test
	void openRouterGetsItsReasoningBackOrWhatStandsForIt() {
		String detail = "{\"type\":\"reasoning.encrypted\",\"data\":\"abc\",\"id\":\"a\",\"index\":0}";
		LlmRequest unknown = LlmRequest.of(
				List.of(Message.user("Weather?"),
						Message.assistant(List.of(new Content.Opaque("{\"reasoning_details\":[" + detail + "]}", ""),
								ToolCall.of("a", "weather", Map.of()))),
						Message.user(Content.ToolResult.of("a", "4"))));
		assertThat(sent("openrouter/google/gemini-3-pro", unknown).at("/messages/1/reasoning_details"))
			.hasToString("[" + detail + "]");
		for (String other : List.of("anthropic/claude-sonnet-4-5", "openai/gpt-4o", "ollama/llama3.2", "gemini/m")) {
			assertThat(sent(other, unknown).toString()).doesNotContain("reasoning");
		}
		LlmRequest own = LlmRequest.of(List.of(Message.user("Weather?"),
				Message.assistant(
						List.of(new Content.Opaque(detail, "openrouter"), ToolCall.of("a", "weather", Map.of()))),
				Message.user(Content.ToolResult.of("a", "4"))));
		assertThat(sent("openrouter/google/gemini-3-pro", own).at("/messages/1/reasoning_details"))
			.hasToString("[" + detail + "]");
		LlmRequest foreign = toolRound("a", new Content.Text("4"));
		for (String model : List.of("google/gemini-3-pro", "deepseek/deepseek-v4-pro")) {
			assertThat(sent("openrouter/" + model, foreign).at("/messages/1/reasoning_details")).isNotEmpty();
		}
		assertThat(sent("openrouter/openai/gpt-4o", foreign).at("/messages/1").has("reasoning_details")).isFalse();
		assertThat(sent("groq/m", own).at("/messages/1").has("reasoning_details")).isFalse();
	}

	@ParameterizedTest
	@ValueSource(strings = { "openai/gpt-4o", "ollama/llama3.2" })
	void wordsThatThoughtsBrokeAreWholeAgain(String target) {
		LlmRequest request = LlmRequest.of(List.of(Message.user("Hi"),
				Message.assistant(List.of(new Content.Text("Hel"), new Content.Thinking("hm", null, null, "acme"),
						new Content.Text("lo"))),
				Message.user(new Content.Text("One."), new Content.Image(new Content.Bytes("image/png", new byte[1])),
						new Content.Text("Two."))));
		assertThat(sent(target, request).at("/messages/1/content").asString()).isEqualTo("Hello");
	}

	@Test
	void imageJpgIsSentAsJpeg() {
		LlmRequest request = LlmRequest.of(List.of(Message.user(Content.Image.of("image/jpg", new byte[] { 1 }))));
		assertThat(
				sent("anthropic/claude-sonnet-4-5", request).at("/messages/0/content/0/source/media_type").asString())
			.isEqualTo("image/jpeg");
		assertThat(sent("gemini/gemini-2.5-flash", request).at("/messages/0/content/0/image_url/url").asString())
			.startsWith("data:image/jpeg;");
	}

	@Test
	void beginningOfAnAnswerIsRefusedSince46() {
		LlmRequest request = LlmRequest.of(List.of(Message.user("Hi"), Message.assistant("Well,")));
		LlmException failure = catchThrowableOfType(LlmException.class,
				() -> adapt("anthropic/claude-opus-4-6", request));
		assertThat(failure.kind()).isEqualTo(ErrorKind.UNSUPPORTED);
		assertThat(adapt("anthropic/claude-sonnet-4-5", request).leftOut()).isEmpty();
	}

	@Test
	void whatMayNotBeLeftOutIsRefused() {
		Map<Parameter, LlmRequest> requests = Map.of(Parameter.TOOLS, ask((r) -> r.tools(Tool.of("f", "", Map.of()))),
				Parameter.IMAGES,
				LlmRequest.of(List.of(Message.user(Content.Image.of(URI.create("https://x.example/a.png"))))),
				Parameter.FORCED_TOOL, ask((r) -> r.tools(Tool.of("f", "", Map.of())).toolChoice(ToolChoice.REQUIRED)));
		requests.forEach((parameter, request) -> {
			ModelTraits traits = ModelTraits.UNKNOWN.andNot(Set.of(parameter));
			LlmException failure = catchThrowableOfType(LlmException.class,
					() -> new Adaptation(request, new Target("acme", "m"), traits, false).to(new OpenAiFormat("acme")));
			assertThat(failure.kind()).isEqualTo(ErrorKind.UNSUPPORTED);
			assertThat(failure).hasMessageContaining(parameter.word());
			assertThat(failure.refusedParameter().name()).isEqualTo(parameter.word());
		});
	}

	@Test
	void refusesInsteadWhereItIsToldTo() {
		LlmException failure = catchThrowableOfType(LlmException.class,
				() -> adapt("openai/gpt-5-mini", ask((r) -> r.temperature(0.2)), true));
		assertThat(failure.kind()).isEqualTo(ErrorKind.UNSUPPORTED);
		assertThat(failure).hasMessageContaining("temperature").hasMessageContaining("on-unsupported");
		assertThat(adapt("openai/gpt-5-mini", ask((r) -> r.maxTokens(5)), true).leftOut()).isEmpty();
	}

}
