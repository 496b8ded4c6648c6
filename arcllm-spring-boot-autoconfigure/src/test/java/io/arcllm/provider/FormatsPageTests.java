package io.arcllm.provider;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

import io.arcllm.Content;
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
import io.arcllm.provider.openai.OpenAiFormat;
import io.arcllm.provider.openai.OpenAiQuirk;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * The page about formats says what the data says.
 */
class FormatsPageTests {

	private static final ModelCatalog MODELS = ModelCatalog.load();

	/** A tool that another provider's model called, its result, and a word beside it. */
	private static final List<Message> ROUND = List.of(Message.user("Weather?"),
			Message.assistant(List.of(ToolCall.of("a", "f", Map.of()))),
			Message.user(Content.ToolResult.of("a", "4"), new Content.Text("And now?")));

	private final String page;

	FormatsPageTests() throws IOException {
		this.page = Files.readString(Path.of("../docs/formats.md"));
	}

	@Test
	void everyRowOfTheModelsIsOnThePage() throws IOException {
		JsonNode rows;
		try (var json = ModelCatalog.class.getResourceAsStream("models.json")) {
			rows = JsonMapper.shared().readTree(json);
		}
		assertThat(rows).isNotEmpty().allSatisfy((row) -> assertThat(this.page).contains(line(row)));
		assertThat(this.page.lines().filter((line) -> line.matches("\\| `[a-z0-9.-]+\\*?`[,|` a-z0-9.*-]*.*")))
			.filteredOn((line) -> line.chars().filter((c) -> c == '|').count() == 8)
			.hasSize(rows.size());
	}

	@Test
	void everyPresetIsOnThePage() throws IOException {
		JsonNode presets;
		try (var json = Presets.class.getResourceAsStream("presets.json")) {
			presets = JsonMapper.shared().readTree(json);
		}
		assertThat(presets.properties()).isNotEmpty().allSatisfy((preset) -> {
			JsonNode row = preset.getValue();
			assertThat(this.page).contains("| " + String.join(" | ", "`" + preset.getKey() + "`",
					row.get("type").asString(), words(row, "unsupported"), words(row, "quirks"),
					row.path("accepts-prefix").asBoolean(false) ? "yes" : "") + " |");
		});
	}

	/** Each row of the table is shown by a request that it is about. */
	@Test
	void everyRowOfWhatIsLeftOutHolds() {
		Map<String, Runnable> rows = Map.of("`temperature` and `topP` together",
				() -> leftOut("anthropic/claude-sonnet-4-5", (r) -> r.temperature(0.5).topP(0.9), "top-p"),
				"`temperature` above 1",
				() -> leftOut("anthropic/claude-sonnet-4-5", (r) -> r.temperature(1.5), "temperature"),
				"blank texts of `stop`",
				() -> leftOut("anthropic/claude-sonnet-4-5", (r) -> r.stop("END", " "), "stop"), "`reasoningEffort`",
				() -> {
					leftOut("openai/gpt-4o", (r) -> r.reasoningEffort(ReasoningEffort.LOW), "reasoning-effort");
					leftOut("anthropic/claude-sonnet-4-5",
							(r) -> r.reasoningEffort(ReasoningEffort.LOW)
								.tools(Tool.of("f", "", Map.of()))
								.toolChoice(ToolChoice.REQUIRED),
							"reasoning-effort");
					leftOut("deepseek/deepseek-v4-pro", (r) -> r.messages(ROUND).reasoningEffort(ReasoningEffort.LOW),
							"reasoning-effort");
				}, "`maxTokens` above the model's longest answer",
				() -> assertThat(MODELS.find("gpt-4o").maxTokens(100_000, null)).isEqualTo(16384),
				"`toolChoice` without tools",
				() -> assertThat(adapted("openai/gpt-4o", (r) -> r.toolChoice(ToolChoice.AUTO)).request().toolChoice())
					.isNull(),
				"`options`", () -> assertThat(this.page).contains("`Attempt.leftOut()`"),
				"a `user` turn after the result of a tool",
				() -> assertThat(sent("mistral/mistral-small-latest", ROUND)).contains("I have read the result."),
				"a call of a tool without signature",
				() -> assertThat(sent("gemini/gemini-3-pro", ROUND)).contains("skip_thought_signature_validator"),
				"the beginning of the answer (a last message of the assistant's)",
				() -> assertThatExceptionOfType(LlmException.class)
					.isThrownBy(() -> adapted("anthropic/claude-opus-4-6",
							(r) -> r.messages(Message.user("Hi"), Message.assistant("Well,")))));
		int begin = this.page.indexOf("| in the request | where it is left out |");
		List<String> names = this.page.substring(begin, this.page.indexOf("\n\n", begin))
			.lines()
			.skip(2)
			.map((line) -> line.split(" \\| ")[0].substring(2))
			.toList();
		assertThat(names).containsExactlyInAnyOrderElementsOf(rows.keySet());
		rows.values().forEach(Runnable::run);
	}

	@Test
	void everyParameterIsOnThePage() {
		for (Parameter parameter : Parameter.values()) {
			assertThat(this.page).contains("`" + parameter.word() + "`");
		}
	}

	private static Adaptation adapted(String target, UnaryOperator<LlmRequest.Builder> change) {
		Target parsed = Target.parse(target);
		LlmRequest request = change.apply(LlmRequest.builder().messages(Message.user("Hi")).model(parsed.model()))
			.build();
		return new Adaptation(request, parsed, MODELS.find(parsed.model()), false).to(format(parsed.provider()));
	}

	private static void leftOut(String target, UnaryOperator<LlmRequest.Builder> change, String word) {
		assertThat(adapted(target, change).leftOut()).containsExactly(word);
	}

	private static String sent(String target, List<Message> messages) {
		Adaptation adapted = adapted(target, (r) -> r.messages(messages));
		return new String(format(Target.parse(target).provider()).encode(adapted.request(), adapted.traits()),
				StandardCharsets.UTF_8);
	}

	private static WireFormat format(String vendor) {
		return vendor.equals("anthropic") ? new AnthropicFormat(vendor)
				: new OpenAiFormat(vendor, OpenAiQuirk.parse(Presets.load(null).find(vendor).orElseThrow().quirks()));
	}

	private static String line(JsonNode row) {
		String models = row.get("models")
			.valueStream()
			.map((model) -> "`" + model.asString() + "`")
			.collect(Collectors.joining(", "));
		String efforts = words(row, "efforts");
		String rules = words(row, "rules");
		if (row.has("accepts-prefix")) {
			rules += (rules.isEmpty() ? "" : ", ") + "no-prefix";
		}
		return "| " + String.join(" | ", models, words(row, "unsupported"),
				row.path("thinking").asString("") + (efforts.isEmpty() ? "" : ": " + efforts),
				row.path("tool-ids").asString(""), row.path("context-window").asString(""),
				row.path("max-output").asString(""), rules) + " |";
	}

	private static String words(JsonNode row, String key) {
		return row.path(key).valueStream().map(JsonNode::asString).collect(Collectors.joining(", "));
	}

}
