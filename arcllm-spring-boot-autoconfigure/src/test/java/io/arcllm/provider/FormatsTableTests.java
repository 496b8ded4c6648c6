package io.arcllm.provider;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

import io.arcllm.Content;
import io.arcllm.ErrorKind;
import io.arcllm.LlmException;
import io.arcllm.LlmRequest;
import io.arcllm.Message;
import io.arcllm.ReasoningEffort;
import io.arcllm.ResponseFormat;
import io.arcllm.Target;
import io.arcllm.Tool;
import io.arcllm.ToolCall;
import io.arcllm.ToolChoice;
import io.arcllm.provider.anthropic.AnthropicFormat;
import io.arcllm.provider.ollama.OllamaFormat;
import io.arcllm.provider.openai.OpenAiFormat;
import io.arcllm.provider.openai.OpenAiQuirk;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * Each cell of the table of what formats are sent, with a request that shows it. A cell
 * that says something else has another text here, too.
 */
class FormatsTableTests {

	private static final ModelCatalog MODELS = ModelCatalog.load();

	private static final String CLAUDE = "anthropic/claude-sonnet-4-5";

	private static final String LLAMA = "ollama/llama3.2";

	private static final String GPT = "openai/gpt-4o";

	private static final String GPT_5 = "openai/gpt-5-mini";

	private static final byte[] PNG = { 1, 2, 3 };

	private static final Map<String, Object> CITY = Map.of("type", "object", "properties",
			Map.of("city", Map.of("type", "string")), "required", List.of("city"));

	private final Map<String, List<Cell>> rows = new LinkedHashMap<>();

	/**
	 * A cell of a row.
	 *
	 * @param text of the page
	 * @param shown what shows that it holds
	 */
	private record Cell(String text, Runnable shown) {
	}

	private static Cell cell(String text, Runnable shown) {
		return new Cell(text, shown);
	}

	private void row(String name, Cell anthropic, Cell ollama, Cell openai) {
		this.rows.put(name, List.of(anthropic, ollama, openai));
	}

	private static WireFormat format(String vendor) {
		return switch (vendor) {
			case "anthropic" -> new AnthropicFormat(vendor);
			case "ollama" -> new OllamaFormat(vendor);
			default ->
				new OpenAiFormat(vendor, OpenAiQuirk.parse(Presets.load(null).find(vendor).orElseThrow().quirks()));
		};
	}

	private static String sent(String target, UnaryOperator<LlmRequest.Builder> change) {
		Target parsed = Target.parse(target);
		LlmRequest request = change.apply(LlmRequest.builder().messages(Message.user("Hi")).model(parsed.model()))
			.build();
		LlmRequest own = request.mutate()
			.messages(request.messages().stream().map((message) -> message.withoutForeign(parsed.provider())).toList())
			.build();
		WireFormat format = format(parsed.provider());
		Adaptation adapted = new Adaptation(own, parsed, MODELS.find(parsed.model()), false).to(format);
		return new String(format.encode(adapted.request(), adapted.traits()), StandardCharsets.UTF_8);
	}

	/** These pieces stand in what is sent, in this order. */
	private static Runnable has(String target, UnaryOperator<LlmRequest.Builder> change, String... pieces) {
		return () -> assertThat(sent(target, change)).containsSubsequence(pieces);
	}

	private static Runnable hasNot(String target, UnaryOperator<LlmRequest.Builder> change, String... pieces) {
		return () -> assertThat(sent(target, change)).doesNotContain(pieces);
	}

	private static Runnable refuses(String target, UnaryOperator<LlmRequest.Builder> change) {
		return () -> assertThat(catchThrowableOfType(LlmException.class, () -> sent(target, change)).kind())
			.isEqualTo(ErrorKind.UNSUPPORTED);
	}

	private static Runnable all(Runnable... checks) {
		return () -> Arrays.asList(checks).forEach(Runnable::run);
	}

	private static UnaryOperator<LlmRequest.Builder> says(Message... messages) {
		return (r) -> r.messages(List.of(messages));
	}

	private static UnaryOperator<LlmRequest.Builder> shows(Content content) {
		return says(Message.user(new Content.Text("See"), content));
	}

	/** A tool round with these blocks before the call, which has this id. */
	private static UnaryOperator<LlmRequest.Builder> round(ToolCall call, Content.ToolResult result,
			Content... before) {
		List<Content> turn = new ArrayList<>(List.of(before));
		turn.add(call);
		return says(Message.user("Weather?"), Message.assistant(turn), Message.user(new Content.Text("And?"), result));
	}

	private static UnaryOperator<LlmRequest.Builder> round(String id, Content... before) {
		return round(ToolCall.of(id, "f", Map.of("a", 1)), Content.ToolResult.of(id, "4"), before);
	}

	private void messages() {
		UnaryOperator<LlmRequest.Builder> systems = says(Message.system("one"), Message.user("Hi"),
				Message.assistant("Yes"), Message.system("two"), Message.user("So"));
		row("system messages",
				cell("all of them, in order, as blocks of `system`, wherever they stand",
						has(CLAUDE, systems, "\"system\":[", "one", "two", "]", "\"messages\"", "Hi")),
				cell("`system` messages where they stand",
						has(LLAMA, systems, "system", "one", "Hi", "system", "two", "So")),
				cell("`system` messages where they stand",
						has(GPT, systems, "system", "one", "Hi", "system", "two", "So")));
		UnaryOperator<LlmRequest.Builder> twice = says(Message.user("a"), Message.user("b"));
		row("several turns of one role",
				cell("joined into one turn",
						has(CLAUDE, twice, "[{\"role\":\"user\",\"content\":[", "\"a\"", "\"b\"", "}]}]")),
				cell("as they are", has(LLAMA, twice, "user", "\"a\"}", "user", "\"b\"}")),
				cell("as they are", has(GPT, twice, "user", "\"a\"}", "user", "\"b\"}")));
	}

	private void media() {
		UnaryOperator<LlmRequest.Builder> jpg = shows(Content.Image.of("image/JPG", PNG));
		UnaryOperator<LlmRequest.Builder> data = shows(Content.Image.of(URI.create("data:image/jpg;base64,AQID")));
		row("image by bytes, or by a `data:` URL (`image/jpg` is sent as `image/jpeg`)",
				cell("png, jpeg, gif, webp",
						all(has(CLAUDE, jpg, "image/jpeg", "AQID"), has(CLAUDE, data, "base64", "image/jpeg", "AQID"),
								refuses(CLAUDE, shows(Content.Image.of("image/bmp", PNG))))),
				cell("yes", all(has(LLAMA, jpg, "\"images\":[\"AQID\"]"), has(LLAMA, data, "\"images\":[\"AQID\"]"))),
				cell("as a `data:` URL", all(has(GPT, jpg, "data:image/jpeg;base64,AQID"),
						has(GPT, data, "data:image/jpeg;base64,AQID"))));
		UnaryOperator<LlmRequest.Builder> link = shows(Content.Image.of(URI.create("https://h/p.png")));
		UnaryOperator<LlmRequest.Builder> plain = shows(Content.Image.of(URI.create("http://h/p.png")));
		row("image by URL",
				cell("http and https",
						all(has(CLAUDE, link, "\"type\":\"url\"", "https://h"), has(CLAUDE, plain, "http://h"))),
				cell("refused: give the bytes", refuses(LLAMA, link)),
				cell("http and https", all(has(GPT, link, "https://h"), has(GPT, plain, "http://h"))));
		UnaryOperator<LlmRequest.Builder> pdf = shows(Content.Document.of("application/pdf", PNG, "a.pdf"));
		UnaryOperator<LlmRequest.Builder> text = shows(
				Content.Document.of("text/plain", "x".getBytes(StandardCharsets.UTF_8), ""));
		UnaryOperator<LlmRequest.Builder> url = shows(Content.Document.of(URI.create("https://h/a.pdf")));
		row("document",
				cell("PDF and text by bytes, any by URL",
						all(has(CLAUDE, pdf, "application/pdf", "AQID"), has(CLAUDE, text, "\"data\":\"x\""),
								has(CLAUDE, url, "https://h/a.pdf"))),
				cell("refused: put its text into the message", all(refuses(LLAMA, pdf), refuses(LLAMA, text))),
				cell("by bytes, as `file`; refused by URL", all(has(GPT, pdf, "\"file\"", "AQID"), refuses(GPT, url))));
	}

	private void tools() {
		Content.ToolResult result = new Content.ToolResult("a",
				List.of(new Content.Text("no"), Content.Image.of("image/png", PNG)), true);
		UnaryOperator<LlmRequest.Builder> failed = round(ToolCall.of("a", "f", Map.of()), result);
		UnaryOperator<LlmRequest.Builder> document = round(ToolCall.of("a", "f", Map.of()),
				new Content.ToolResult("a", List.of(Content.Document.of("application/pdf", PNG, "")), false));
		row("tool results",
				cell("first in their turn; texts, images, documents",
						all(has(CLAUDE, failed, "tool_result", "\"no\"", "AQID", "is_error", "And?"),
								has(CLAUDE, document, "tool_result", "application/pdf"))),
				cell("one `tool` message each; texts and images; an error begins with `Error: `",
						all(has(LLAMA, failed, "\"tool\"", "Error: no", "AQID", "And?"), refuses(LLAMA, document))),
				cell("one `tool` message each, before the rest of their turn; an error begins with `Error: `; images"
						+ " follow in a `user` message",
						has(GPT, failed, "\"tool\"", "Error: no", "\"user\"", "AQID", "And?")));
		UnaryOperator<LlmRequest.Builder> broken = round(new ToolCall("a", "f", "{oops", null, null),
				Content.ToolResult.of("a", "4"));
		row("arguments that are not JSON",
				cell("wrapped as `{\"INVALID_JSON\": \"…\"}`, so that the model can be told",
						has(CLAUDE, broken, "{\"INVALID_JSON\":\"{oops\"}")),
				cell("the same", has(LLAMA, broken, "{\"INVALID_JSON\":\"{oops\"}")),
				cell("as the model wrote them", has(GPT, broken, "\"arguments\":\"{oops\"")));
		UnaryOperator<LlmRequest.Builder> exact = round(new ToolCall("a", "f", "{\"n\": 1.50}", Map.of("n", 1.5), null),
				Content.ToolResult.of("a", "4"));
		row("arguments", cell("as the model wrote them", has(CLAUDE, exact, "\"input\":{\"n\": 1.50}")),
				cell("the same", has(LLAMA, exact, "\"arguments\":{\"n\": 1.50}")),
				cell("the same", has(GPT, exact, "\"arguments\":\"{\\\"n\\\": 1.50}\"")));
		UnaryOperator<LlmRequest.Builder> signed = round(
				new ToolCall("a", "f", "{}", Map.of(), new ToolCall.VendorData("{\"x\":1.50}", "gemini")),
				Content.ToolResult.of("a", "4"));
		UnaryOperator<LlmRequest.Builder> unknown = round(
				new ToolCall("a", "f", "{}", Map.of(), new ToolCall.VendorData("{\"x\":1.50}", "")),
				Content.ToolResult.of("a", "4"));
		row("what a vendor attached to a tool call, such as Gemini's thought signature (`ToolCall.vendorData`)",
				cell("left out", all(hasNot(CLAUDE, signed, "1.50"), hasNot(CLAUDE, unknown, "1.50"))),
				cell("left out", all(hasNot(LLAMA, signed, "1.50"), hasNot(LLAMA, unknown, "1.50"))),
				cell("`extra_content`, sent back to the provider that attached it, and where that is not known to"
						+ " vendors that attach such data",
						all(has("gemini/gemini-3-pro", signed, "\"extra_content\":{\"x\":1.50}"),
								has("gemini/gemini-3-pro", unknown, "\"extra_content\":{\"x\":1.50}"),
								hasNot(GPT, signed, "1.50"), hasNot(GPT, unknown, "1.50"))));
		row("ids of tool calls, where vendor and model have forms of their own in the stricter one",
				cell("translated where they are not letters, digits, `_` and `-`",
						all(hasNot(CLAUDE, round("f.g:0"), "f.g:0"), has(CLAUDE, round("f-g_0"), "f-g_0", "f-g_0"))),
				cell("as they are", has(LLAMA, round("f.g:0"), "f.g:0", "f.g:0")),
				cell("translated to nine letters and digits at Mistral, and above 40 characters at OpenAI",
						all(hasNot("mistral/mistral-small", round("f.g:0"), "f.g:0"),
								has("mistral/mistral-small", round("abcdefghi"), "abcdefghi", "abcdefghi"),
								hasNot(GPT, round("x".repeat(41)), "x".repeat(41)), has(GPT, round("f.g:0"), "f.g:0"),
								has("groq/llama3", round("x".repeat(41)), "x".repeat(41)))));
		UnaryOperator<LlmRequest.Builder> strict = (r) -> r.tools(new Tool("f", "", CITY, true),
				new Tool("g", "", Map.of("type", "object", "properties", Map.of("a", Map.of("type", "string"))), true),
				new Tool("h", "", Map.of("type", "object", "additionalProperties", true), true));
		row("a strict tool or schema", cell(
				"`additionalProperties: false` in every object that does not say; not strict where a tool's says `true`",
				has(CLAUDE, strict, "\"additionalProperties\":false", "\"strict\":true", "\"strict\":true",
						"\"strict\":false")),
				cell("not strict", hasNot(LLAMA, strict, "\"strict\"")),
				cell("the same; strict only where all properties are required",
						has(GPT, strict, "\"additionalProperties\":false", "\"strict\":true", "\"strict\":false")));
	}

	private void choices() {
		UnaryOperator<LlmRequest.Builder> auto = (r) -> r.toolChoice(ToolChoice.AUTO);
		row("`toolChoice` without tools", cell("left out", hasNot(CLAUDE, auto, "tool_choice")),
				cell("left out", hasNot(LLAMA, auto, "tool_choice")),
				cell("left out", hasNot(GPT, auto, "tool_choice")));
		UnaryOperator<LlmRequest.Builder> tool = (r) -> r.tools(Tool.of("f", "", CITY));
		row("`toolChoice`",
				cell("all four",
						all(has(CLAUDE, (r) -> tool.apply(r).toolChoice(ToolChoice.AUTO), "{\"type\":\"auto\"}"),
								has(CLAUDE, (r) -> tool.apply(r).toolChoice(ToolChoice.NONE), "{\"type\":\"none\"}"),
								has(CLAUDE, (r) -> tool.apply(r).toolChoice(ToolChoice.REQUIRED), "{\"type\":\"any\"}"),
								has(CLAUDE, (r) -> tool.apply(r).toolChoice(ToolChoice.tool("f")),
										"{\"type\":\"tool\",\"name\":\"f\"}"))),
				cell("`AUTO`; `NONE` by sending no tools; the others are refused",
						all(has(LLAMA, (r) -> tool.apply(r).toolChoice(ToolChoice.AUTO), "\"tools\""),
								hasNot(LLAMA, (r) -> tool.apply(r).toolChoice(ToolChoice.NONE), "\"tools\""),
								refuses(LLAMA, (r) -> tool.apply(r).toolChoice(ToolChoice.REQUIRED)),
								refuses(LLAMA, (r) -> tool.apply(r).toolChoice(ToolChoice.tool("f"))))),
				cell("all four",
						all(has(GPT, (r) -> tool.apply(r).toolChoice(ToolChoice.AUTO), "\"tool_choice\":\"auto\""),
								has(GPT, (r) -> tool.apply(r).toolChoice(ToolChoice.NONE), "\"tool_choice\":\"none\""),
								has(GPT, (r) -> tool.apply(r).toolChoice(ToolChoice.REQUIRED),
										"\"tool_choice\":\"required\""),
								has(GPT, (r) -> tool.apply(r).toolChoice(ToolChoice.tool("f")), "\"tool_choice\":{",
										"\"f\""))));
	}

	private void thoughts() {
		Content.Opaque block = new Content.Opaque("{\"type\":\"server_tool_use\",\"n\":1.50}", "anthropic");
		Content.Opaque details = new Content.Opaque("{\"reasoning_details\":[{\"n\":1.50}]}", "openrouter");
		Content.Opaque extra = new Content.Opaque("{\"extra_content\":{\"n\":1.50}}", "");
		row("a block that only its vendor understands (`Content.Opaque`)",
				cell("as it came, in its place, to the provider that made it",
						all(has(CLAUDE, round("a", new Content.Text("x"), block), "\"x\"",
								"{\"type\":\"server_tool_use\",\"n\":1.50}", "tool_use"),
								hasNot(CLAUDE, round("a", details), "1.50"))),
				cell("left out",
						all(hasNot(LLAMA, round("a", block), "1.50"), hasNot(LLAMA, round("a", extra), "1.50"))),
				cell("`reasoning_details` at OpenRouter and `extra_content` of the words at Gemini, as they came, to the"
						+ " provider that made them, and where that is not known to vendors that have them",
						all(has("openrouter/google/gemini-3-pro", round("a", details),
								"\"reasoning_details\":[{\"n\":1.50}]"),
								has("gemini/gemini-3-pro", round("a", extra), "\"extra_content\":{\"n\":1.50}"),
								hasNot(GPT, round("a", details), "1.50"), hasNot(GPT, round("a", extra), "1.50"))));
		Content.Thinking signed = new Content.Thinking("hm", "sig", null, "anthropic");
		Content.Thinking unsigned = new Content.Thinking("hm", null, null, "anthropic");
		row("thinking",
				cell("sent back if it is signed and was thought by this provider",
						all(has(CLAUDE, round("a", signed), "\"hm\"", "\"sig\""),
								hasNot(CLAUDE, round("a", unsigned), "hm"), hasNot(CLAUDE,
										round("a", new Content.Thinking("hm", "sig", null, "other")), "hm"))),
				cell("sent back if it was thought by this provider",
						all(has(LLAMA, round("a", new Content.Thinking("hm", null, null, "ollama")),
								"\"thinking\":\"hm\""), hasNot(LLAMA, round("a", unsigned), "hm"))),
				cell("left out, or `reasoning_content` beside tool calls where the vendor wants it",
						all(hasNot(GPT, round("a", new Content.Thinking("hm", null, null, "openai")), "hm"),
								has("deepseek/deepseek-v4-pro",
										round("a", new Content.Thinking("hm", null, null, "deepseek")),
										"\"reasoning_content\":\"hm\""))));
	}

	private void parameters() {
		UnaryOperator<LlmRequest.Builder> most = (r) -> r.maxTokens(50);
		row("`maxTokens`, no more than the model's `max-output` where that is configured",
				cell("`max_tokens`; 4096 where unset, because Anthropic wants one",
						all(has(CLAUDE, most, "\"max_tokens\":50"), has(CLAUDE, (r) -> r, "\"max_tokens\":4096"))),
				cell("`options.num_predict`", has(LLAMA, most, "\"options\":{", "\"num_predict\":50")),
				cell("`max_tokens` or `max_completion_tokens`", all(has(GPT, most, "\"max_completion_tokens\":50"),
						has("groq/llama3", most, "\"max_tokens\":50"))));
		UnaryOperator<LlmRequest.Builder> set = (r) -> r.temperature(0.5).stop("END");
		row("`temperature`, `topP`, `stop`",
				cell("as they are",
						all(has(CLAUDE, set, "\"temperature\":0.5", "\"stop_sequences\":[\"END\"]"),
								has(CLAUDE, (r) -> r.topP(0.9), "\"top_p\":0.9"))),
				cell("in `options`",
						has(LLAMA, (r) -> set.apply(r).topP(0.9), "\"options\":{", "\"temperature\":0.5",
								"\"top_p\":0.9", "\"stop\":[\"END\"]")),
				cell("as they are", has(GPT, (r) -> set.apply(r).topP(0.9), "\"temperature\":0.5", "\"top_p\":0.9",
						"\"stop\":[\"END\"]")));
		UnaryOperator<LlmRequest.Builder> json = (r) -> r.responseFormat(ResponseFormat.JSON);
		row("response format JSON", cell("refused: Anthropic needs a schema", refuses(CLAUDE, json)),
				cell("`format: \"json\"`", has(LLAMA, json, "\"format\":\"json\"")),
				cell("`response_format: json_object`",
						has(GPT, json, "\"response_format\":{\"type\":\"json_object\"}")));
		UnaryOperator<LlmRequest.Builder> schema = (r) -> r.responseFormat(ResponseFormat.jsonSchema("a", CITY));
		row("response format with schema",
				cell("`output_config.format`", has(CLAUDE, schema, "\"output_config\":{\"format\":{", "city")),
				cell("`format`", has(LLAMA, schema, "\"format\":{", "city")), cell("`response_format: json_schema`",
						has(GPT, schema, "\"response_format\":{\"type\":\"json_schema\"", "city")));
		UnaryOperator<LlmRequest.Builder> effort = (r) -> r.reasoningEffort(ReasoningEffort.XHIGH);
		row("`reasoningEffort`",
				cell("`thinking` with a budget, or adaptive with `output_config.effort`, see below",
						all(has(CLAUDE, effort, "\"thinking\":{\"type\":\"enabled\",\"budget_tokens\":24576}"),
								has("anthropic/claude-opus-4-8", effort, "\"thinking\":{\"type\":\"adaptive\"}",
										"\"output_config\":{\"effort\":\"xhigh\"}"))),
				cell("`think`: a level for models with levels (gpt-oss), `true` or `false` for others",
						all(has("ollama/gpt-oss:20b", effort, "\"think\":\"high\""),
								has("ollama/qwen3:8b", effort, "\"think\":true"),
								has("ollama/qwen3:8b", (r) -> r.reasoningEffort(ReasoningEffort.NONE),
										"\"think\":false"))),
				cell("`reasoning_effort`, the nearest level that the model has",
						has(GPT_5, effort, "\"reasoning_effort\":\"high\"")));
		UnaryOperator<LlmRequest.Builder> options = (r) -> r.temperature(0.1)
			.options(Map.of("temperature", 0.2, "keep_alive", "5m", "top_k", 3));
		row("`options`",
				cell("fields of the body, over all others",
						all(has(CLAUDE, options, "\"top_k\":3"), hasNot(CLAUDE, options, "0.1"))),
				cell("`keep_alive`, `think`, `format` and the like in the body, all else in `options`",
						all(has(LLAMA, options, "\"keep_alive\":\"5m\""),
								has(LLAMA, options, "\"options\":{", "\"top_k\":3"),
								has("ollama/qwen3:8b", (r) -> r.options(Map.of("think", true)), "\"think\":true"))),
				cell("fields of the body, over all others",
						all(has(GPT, options, "\"top_k\":3"), hasNot(GPT, options, "0.1"))));
	}

	@Test
	void everyCellOfTheTableHolds() throws IOException {
		messages();
		media();
		tools();
		choices();
		thoughts();
		parameters();
		String page = Files.readString(Path.of("../docs/formats.md"));
		int begin = page.indexOf("| in the request | Anthropic | Ollama |");
		List<List<String>> table = page.substring(begin, page.indexOf("\n\n", begin))
			.lines()
			.skip(2)
			.map((line) -> List.of(line.substring(2, line.length() - 2).split(" \\| ")))
			.toList();
		assertThat(table).extracting((row) -> row.get(0)).containsExactlyInAnyOrderElementsOf(this.rows.keySet());
		for (List<String> row : table) {
			List<Cell> cells = this.rows.get(row.get(0));
			assertThat(cells).as(row.get(0)).extracting(Cell::text).isEqualTo(row.subList(1, 4));
			cells.forEach((cell) -> cell.shown().run());
		}
	}

}
