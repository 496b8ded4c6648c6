package io.arcllm.provider;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import com.sun.management.ThreadMXBean;
import io.arcllm.Content;
import io.arcllm.LlmRequest;
import io.arcllm.Message;
import io.arcllm.Target;
import io.arcllm.Tool;
import io.arcllm.ToolCall;
import io.arcllm.ToolChoice;
import io.arcllm.provider.anthropic.AnthropicFormat;
import io.arcllm.provider.ollama.OllamaFormat;
import io.arcllm.provider.openai.OpenAiFormat;
import io.arcllm.provider.openai.OpenAiQuirk;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What adapting costs a request that needs nothing: the one object that carries it, and
 * none for each message, tool or call in it.
 */
class AdaptationCostTests {

	private static final int TIMES = 2000;

	/** The object itself, with room for what a virtual machine adds. */
	private static final long ONE_OBJECT = 64;

	private static LlmRequest conversation(String model) {
		List<Message> messages = new ArrayList<>(List.of(Message.system("Be brief"), Message.user("Hi")));
		for (int i = 0; i < 20; i++) {
			String id = "abcdefg" + (char) ('a' + i / 10) + i % 10;
			messages.add(Message.assistant(List.of(new Content.Text("I look"), ToolCall.of(id, "f0", Map.of("a", i)))));
			messages.add(Message.user(Content.ToolResult.of(id, "4 degrees")));
		}
		List<Tool> tools = new ArrayList<>();
		for (int i = 0; i < 12; i++) {
			tools.add(Tool.of("f" + i, "", Map.of("type", "object")));
		}
		return LlmRequest.builder()
			.messages(messages)
			.tools(tools)
			.toolChoice(ToolChoice.AUTO)
			.model(model)
			.maxTokens(1000)
			.stop("o3".equals(model) ? List.of() : List.of("END"))
			.build();
	}

	private static WireFormat format(String vendor) {
		return switch (vendor) {
			case "anthropic" -> new AnthropicFormat(vendor);
			case "ollama" -> new OllamaFormat(vendor);
			default ->
				new OpenAiFormat(vendor, OpenAiQuirk.parse(Presets.load(null).find(vendor).orElseThrow().quirks()));
		};
	}

	@ParameterizedTest
	@ValueSource(strings = { "openai/gpt-4o", "openai/o3", "anthropic/claude-sonnet-4-5", "anthropic/claude-opus-4-8",
			"ollama/qwen3:8b", "mistral/mistral-small-latest", "groq/llama-3.3-70b-versatile" })
	void requestThatNeedsNothingCostsOneObject(String name) {
		Target target = Target.parse(name);
		LlmRequest request = conversation(target.model());
		ModelTraits traits = ModelCatalog.load().find(target.model());
		WireFormat format = format(target.provider());
		assertThat(new Adaptation(request, target, traits, false).to(format).request()).isSameAs(request);

		allocated(request, target, traits, format);
		assertThat(allocated(request, target, traits, format)).isLessThanOrEqualTo(TIMES * ONE_OBJECT + 4096);
	}

	private static long allocated(LlmRequest request, Target target, ModelTraits traits, WireFormat format) {
		ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
		long before = threads.getCurrentThreadAllocatedBytes();
		for (int i = 0; i < TIMES; i++) {
			new Adaptation(request, target, traits, false).to(format);
		}
		return threads.getCurrentThreadAllocatedBytes() - before;
	}

}
