package io.arcllm.provider;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import io.arcllm.Content;
import io.arcllm.LlmRequest;
import io.arcllm.Message;
import io.arcllm.RequestMetadata;
import io.arcllm.Tool;
import io.arcllm.ToolCall;
import io.arcllm.provider.anthropic.AnthropicFormat;
import io.arcllm.provider.ollama.OllamaFormat;
import io.arcllm.provider.openai.OpenAiFormat;
import io.arcllm.provider.openai.OpenAiQuirk;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What vendors are told of prompts that are worth keeping.
 */
class PromptCacheTests {

	private static final PromptCache AUTO = new PromptCache(true, Duration.ofMinutes(5));

	private static final Tool TOOL = Tool.of("f", "does f", Map.of("type", "object"));

	private static JsonNode anthropic(PromptCache cache, LlmRequest request) {
		return JsonMapper.shared()
			.readTree(new AnthropicFormat("anthropic", cache).encode(request.withModel("claude-sonnet-4-5")));
	}

	private static int marks(JsonNode body) {
		return (int) Pattern.compile("cache_control").matcher(body.toString()).results().count();
	}

	private static LlmRequest ask(List<Tool> tools, Message... messages) {
		return LlmRequest.builder().messages(messages).tools(tools).build();
	}

	@Test
	void marksStandWhereTheRequestPutsThem() {
		JsonNode body = anthropic(PromptCache.OFF,
				ask(List.of(TOOL.cacheable(), Tool.of("g", "", Map.of())), Message.system("Be brief").cacheable(),
						Message.user(new Content.Text("a").cacheable(), new Content.Text("b"))));
		assertThat(body.at("/tools/0/cache_control")).hasToString("{\"type\":\"ephemeral\"}");
		assertThat(body.at("/system/0/cache_control/type").asString()).isEqualTo("ephemeral");
		assertThat(body.at("/messages/0/content/0/cache_control/type").asString()).isEqualTo("ephemeral");
		assertThat(marks(body)).isEqualTo(3);
	}

	@Test
	void lastFourMarksWin() {
		JsonNode body = anthropic(PromptCache.OFF,
				ask(List.of(TOOL.cacheable()), Message.system("one").cacheable(), Message.user("a").cacheable(),
						Message.assistant("b").cacheable(), Message.user("c").cacheable(),
						Message.assistant("d").cacheable(), Message.user("e")));
		assertThat(marks(body)).isEqualTo(4);
		assertThat(body.at("/tools/0").has("cache_control")).isFalse();
		assertThat(body.at("/system/0").has("cache_control")).isFalse();
		assertThat(body.at("/messages/0/content/0").has("cache_control")).isTrue();
		assertThat(body.at("/messages/4/content/0").has("cache_control")).isFalse();
	}

	@Test
	void signedBlockHasNoMark() {
		Content signed = new Content.Thinking("hm", "sig", null, "anthropic");
		JsonNode body = anthropic(PromptCache.OFF, ask(List.of(), Message.user("a"),
				Message.assistant(List.of(signed.cacheable())).cacheable(), Message.user("b")));
		assertThat(marks(body)).isZero();
		JsonNode last = anthropic(AUTO, ask(List.of(), Message.user("a"), Message.assistant(List.of(signed))));
		assertThat(marks(last)).isZero();
	}

	@Test
	void autoMarksToolsInstructionsAndTheLastTurn() {
		JsonNode body = anthropic(AUTO,
				ask(List.of(Tool.of("g", "", Map.of()), TOOL), Message.system("one"), Message.system("two"),
						Message.user("a"), Message.assistant("b"),
						Message.user(new Content.Text("c"), new Content.Text("d"))));
		assertThat(marks(body)).isEqualTo(3);
		for (String place : List.of("/tools/1", "/system/1", "/messages/2/content/1")) {
			assertThat(body.at(place).has("cache_control")).as(place).isTrue();
		}
	}

	@Test
	void autoNeverMakesFiveMarks() {
		JsonNode body = anthropic(AUTO, ask(List.of(TOOL), Message.system("one"), Message.user("a").cacheable(),
				Message.assistant("b").cacheable(), Message.user("c").cacheable(), Message.user("d")));
		assertThat(marks(body)).isEqualTo(4);
		assertThat(body.at("/tools/0").has("cache_control")).isFalse();
	}

	/**
	 * Ten shapes of request, each with the places of its marks, whether or not it asks
	 * for some itself.
	 */
	static Stream<Arguments> shapes() {
		Content signed = new Content.Thinking("hm", "sig", null, "anthropic");
		Content picture = Content.Image.of(URI.create("https://example.com/a.png"));
		ToolCall call = ToolCall.of("t", "f", Map.of());
		Content result = Content.ToolResult.of("t", "4");
		return Stream.of(Arguments.of(ask(List.of(), Message.user("a")), "messages/0/0"),
				Arguments.of(ask(List.of(), Message.system("s"), Message.user("a")), "system/0 messages/0/0"),
				Arguments.of(ask(List.of(TOOL), Message.user("a")), "tools/0 messages/0/0"),
				Arguments.of(ask(List.of(TOOL), Message.system("s"), Message.user("a"), Message.assistant("b"),
						Message.user("c")), "tools/0 system/0 messages/2/0"),
				Arguments.of(
						ask(List.of(TOOL), Message.user("a"), Message.assistant(List.of(call)), Message.user(result)),
						"tools/0 messages/2/0"),
				Arguments.of(ask(List.of(TOOL), Message.user("a"), Message.assistant(List.of(signed, call)),
						Message.user(result, new Content.Text("and?"))), "tools/0 messages/2/1"),
				Arguments.of(ask(List.of(), Message.user(picture, new Content.Text("what?"))), "messages/0/1"),
				Arguments.of(ask(List.of(), Message.user(new Content.Text("what?"), picture)), "messages/0/1"),
				Arguments.of(
						ask(List.of(TOOL.cacheable(), Tool.of("g", "", Map.of())), Message.system("s").cacheable(),
								Message.user("a").cacheable(), Message.assistant("b"), Message.user("c")),
						"tools/1 system/0 messages/0/0 messages/2/0"),
				Arguments.of(
						ask(List.of(TOOL), Message.system("s"), Message.user("a").cacheable(),
								Message.assistant(List.of(signed, new Content.Text("b"))).cacheable(),
								Message.user("c").cacheable(), Message.assistant("d").cacheable(), Message.user("e")),
						"messages/1/1 messages/2/0 messages/3/0 messages/4/0"));
	}

	@ParameterizedTest
	@MethodSource("shapes")
	void autoMarksStandWhereTheyShouldInEachShape(LlmRequest request, String places) {
		JsonNode body = anthropic(AUTO, request);
		List<String> marked = new ArrayList<>();
		for (String section : List.of("tools", "system")) {
			for (int i = 0; i < body.path(section).size(); i++) {
				if (body.path(section).get(i).has("cache_control")) {
					marked.add(section + "/" + i);
				}
			}
		}
		for (int turn = 0; turn < body.path("messages").size(); turn++) {
			JsonNode content = body.path("messages").get(turn).path("content");
			for (int i = 0; i < content.size(); i++) {
				if (content.get(i).has("cache_control")) {
					marked.add("messages/" + turn + "/" + i);
				}
			}
		}
		assertThat(String.join(" ", marked)).isEqualTo(places);
		assertThat(marks(body)).isEqualTo(marked.size()).isLessThanOrEqualTo(4);
	}

	@Test
	void resultOfAToolIsMarkedAsAWhole() {
		JsonNode body = anthropic(PromptCache.OFF,
				ask(List.of(TOOL), Message.user("a"), Message.assistant(List.of(ToolCall.of("t", "f", Map.of()))),
						Message.user(Content.ToolResult.of("t", "4").cacheable())));
		assertThat(body.at("/messages/2/content/0/cache_control/type").asString()).isEqualTo("ephemeral");
		assertThat(marks(body)).isOne();
	}

	@Test
	void lifetimeIsAnHourWhereThatIsSet() {
		JsonNode body = anthropic(new PromptCache(true, Duration.ofHours(1)), LlmRequest.of("a"));
		assertThat(body.at("/messages/0/content/0/cache_control"))
			.hasToString("{\"type\":\"ephemeral\",\"ttl\":\"1h\"}");
	}

	@Test
	void othersLeaveMarksOut() {
		LlmRequest marked = ask(List.of(TOOL.cacheable()), Message.system("one").cacheable(),
				Message.user(new Content.Text("a").cacheable()));
		LlmRequest plain = ask(List.of(TOOL), Message.system("one"), Message.user("a"));
		for (WireFormat format : List.of(new OpenAiFormat("openai"), new OllamaFormat("ollama"))) {
			assertThat(format.encode(marked.withModel("m"))).isEqualTo(format.encode(plain.withModel("m")));
		}
	}

	@Test
	void sessionIsTheKeyOfThePromptWhereTheVendorKnowsIt() {
		OpenAiFormat format = new OpenAiFormat("openai", Set.of(OpenAiQuirk.PROMPT_CACHE_KEY));
		for (String session : List.of("s-1", "s".repeat(200))) {
			LlmRequest request = LlmRequest.builder()
				.model("m")
				.messages(Message.user("a"))
				.metadata(new RequestMetadata("t", session, Map.of()))
				.build();
			String key = JsonMapper.shared().readTree(format.encode(request)).get("prompt_cache_key").asString();
			assertThat(key).hasSizeLessThanOrEqualTo(64);
			assertThat(new String(new OpenAiFormat("other").encode(request), StandardCharsets.UTF_8))
				.doesNotContain("prompt_cache_key", session);
		}
		assertThat(new String(format.encode(LlmRequest.of("a").withModel("m")), StandardCharsets.UTF_8))
			.doesNotContain("prompt_cache_key");
	}

	@Test
	void turnsDifferByWhatWasAppendedAlone() {
		List<Message> turns = new ArrayList<>(List.of(Message.system("Be brief"), Message.user("Weather in Oslo?")));
		for (WireFormat format : List.of(new OpenAiFormat("openai"), new AnthropicFormat("anthropic"),
				new OpenAiFormat("mistral", Set.of(OpenAiQuirk.ASSISTANT_AFTER_TOOL)), new OllamaFormat("ollama"))) {
			String before = sent(format, turns);
			List<Message> more = new ArrayList<>(turns);
			more.add(Message.assistant(List.of(ToolCall.of("t", "f", Map.of("city", "Oslo", "unit", "c")))));
			more.add(Message.user(Content.ToolResult.of("t", "4"), new Content.Text("And now?")));
			String after = sent(format, more);
			int common = 0;
			while (before.charAt(common) == after.charAt(common)) {
				common++;
			}
			assertThat(after).startsWith(before.substring(0, common)).endsWith(before.substring(common));
		}
	}

	private static String sent(WireFormat format, List<Message> messages) {
		LlmRequest request = LlmRequest.builder()
			.model("m")
			.messages(messages)
			.tools(TOOL, new Tool("g", "", Map.of(), true))
			.maxTokens(10)
			.build();
		return new String(format.encode(request), StandardCharsets.UTF_8);
	}

}
