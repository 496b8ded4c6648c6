package io.arcllm.provider.openai;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.arcllm.Content;
import io.arcllm.LlmRequest;
import io.arcllm.Message;
import io.arcllm.Parameter;
import io.arcllm.ReasoningEffort;
import io.arcllm.ToolCall;
import io.arcllm.provider.Adaptation;
import io.arcllm.provider.ModelTraits;
import org.jspecify.annotations.Nullable;

/**
 * Leaves out or translates parts of a request for a model in OpenAI's format.
 */
final class OpenAiAdaptation {

	private OpenAiAdaptation() {
	}

	static void adapt(Adaptation adaptation, OpenAiFormat format) {
		LlmRequest request = adaptation.request();
		if (adaptation.traits().thinking() == ModelTraits.Thinking.NONE) {
			adaptation.leaveOut(Parameter.REASONING_EFFORT, "is not taken: this model does not think");
		}
		if (adaptation.traits().has(ModelTraits.Rule.THOUGHTS_WITH_TOOL_CALLS)
				&& !format.has(OpenAiQuirk.REASONING_DETAILS) && hasCallWithoutThoughts(request.messages())) {
			adaptation.leaveOut(Parameter.REASONING_EFFORT,
					"is not taken where the thoughts of earlier tool calls are missing");
			adaptation.translate(withoutThinking(adaptation.request()));
		}
	}

	/**
	 * A model that thinks refuses tool calls of another model, because the thinking
	 * before them is missing. Thinking is then switched off
	 * (api-docs.deepseek.com/guides/thinking_mode).
	 */
	private static LlmRequest withoutThinking(LlmRequest request) {
		Map<String, @Nullable Object> options = new LinkedHashMap<>(request.options());
		options.put("thinking", Map.of("type", "disabled"));
		return request.mutate().options(options).build();
	}

	private static boolean hasCallWithoutThoughts(List<Message> messages) {
		for (Message message : messages) {
			boolean calls = message.content().stream().anyMatch(ToolCall.class::isInstance);
			if (calls && message.content()
				.stream()
				.noneMatch((part) -> part instanceof Content.Thinking thinking && !thinking.text().isEmpty())) {
				return true;
			}
		}
		return false;
	}

	/**
	 * The nearest level that the model takes; levels above {@code high} are known for few
	 * models.
	 */
	static @Nullable ReasoningEffort effort(@Nullable ReasoningEffort wanted, ModelTraits traits) {
		if (wanted == null) {
			return null;
		}
		if (traits.efforts().isEmpty() && wanted.compareTo(ReasoningEffort.HIGH) > 0) {
			return ReasoningEffort.HIGH;
		}
		return traits.nearest(wanted);
	}

}
