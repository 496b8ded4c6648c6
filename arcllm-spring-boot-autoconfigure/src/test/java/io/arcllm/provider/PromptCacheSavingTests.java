package io.arcllm.provider;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

import io.arcllm.Content;
import io.arcllm.LlmRequest;
import io.arcllm.Message;
import io.arcllm.Tool;
import io.arcllm.ToolCall;
import io.arcllm.provider.anthropic.AnthropicFormat;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What an agent of thirty turns saves by Anthropic's cache: the vendor's rule for marks,
 * applied to the requests that we send. The handbook has the sum.
 */
class PromptCacheSavingTests {

	private static final int TURNS = 30;

	/** What the model says in a turn with a tool call, as it was recorded. */
	private static final int ANSWER = 41;

	/** Millionths of a dollar a token, as Claude Sonnet 4.5 costs. */
	private static final double INPUT = 3;

	private static final double READ = 0.3;

	private static final double WRITE = 3.75;

	private static final double OUTPUT = 15;

	/** The beginnings of prompts that the vendor keeps. */
	private final Set<String> kept = new HashSet<>();

	@Test
	void agentOfThirtyTurnsSavesWhatTheHandbookSays() throws IOException {
		double without = cost(PromptCache.OFF);
		double with = cost(new PromptCache(true, Duration.ofMinutes(5)));
		assertThat(with).isLessThan(0.25 * without);
		String sum = String.format(Locale.ROOT, "%.2f USD instead of %.2f, %.0f %% less", with, without,
				100 * (1 - with / without));
		assertThat(Files.readString(Path.of("../docs/formats.md"))).contains(sum);
	}

	private double cost(PromptCache cache) {
		List<Message> messages = new ArrayList<>(
				List.of(Message.system("x".repeat(4 * 4000)), Message.user("Find out why the build fails.")));
		List<Tool> tools = new ArrayList<>();
		for (int i = 0; i < 10; i++) {
			tools.add(Tool.of("tool" + i, "y".repeat(4 * 200), Map.of("type", "object")));
		}
		double micros = 0;
		for (int turn = 0; turn < TURNS; turn++) {
			LlmRequest request = LlmRequest.builder()
				.model("claude-sonnet-4-5")
				.messages(messages)
				.tools(tools)
				.build();
			micros += prompt(JsonMapper.shared().readTree(new AnthropicFormat("anthropic", cache).encode(request)))
					+ ANSWER * OUTPUT;
			messages.add(Message.assistant(
					List.of(new Content.Text("z".repeat(4 * ANSWER)), ToolCall.of("t" + turn, "tool1", Map.of()))));
			messages.add(Message.user(Content.ToolResult.of("t" + turn, "r".repeat(4 * 500))));
		}
		this.kept.clear();
		return micros / 1e6;
	}

	/**
	 * What stands before a mark is read where it is kept, else written; the rest is
	 * plain.
	 */
	private double prompt(JsonNode body) {
		List<JsonNode> blocks = new ArrayList<>();
		body.path("tools").forEach(blocks::add);
		body.path("system").forEach(blocks::add);
		body.path("messages").forEach((message) -> message.path("content").forEach(blocks::add));
		StringBuilder prompt = new StringBuilder();
		List<String> marked = new ArrayList<>();
		int read = 0;
		for (JsonNode block : blocks) {
			ObjectNode plain = ((ObjectNode) block).deepCopy();
			boolean mark = plain.remove("cache_control") != null;
			prompt.append(plain);
			read = this.kept.contains(prompt.toString()) ? prompt.length() : read;
			if (mark) {
				marked.add(prompt.toString());
			}
		}
		int written = marked.isEmpty() ? 0 : Math.max(0, marked.get(marked.size() - 1).length() - read);
		this.kept.addAll(marked);
		int all = prompt.toString().getBytes(StandardCharsets.UTF_8).length;
		return (read * READ + written * WRITE + (all - read - written) * INPUT) / 4;
	}

}
