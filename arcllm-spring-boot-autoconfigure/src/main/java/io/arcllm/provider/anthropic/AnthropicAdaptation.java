package io.arcllm.provider.anthropic;

import java.util.List;

import io.arcllm.Content;
import io.arcllm.LlmRequest;
import io.arcllm.Message;
import io.arcllm.Parameter;
import io.arcllm.ReasoningEffort;
import io.arcllm.ToolCall;
import io.arcllm.ToolChoice;
import io.arcllm.provider.Adaptation;
import io.arcllm.provider.ModelTraits;
import org.jspecify.annotations.Nullable;

/**
 * Leaves out or translates parts of a request for a model in Anthropic's format.
 */
final class AnthropicAdaptation {

	/** The least top-p together with thinking. */
	private static final double LEAST_TOP_P = 0.95;

	private AnthropicAdaptation() {
	}

	static void adapt(Adaptation adaptation, String provider) {
		LlmRequest request = adaptation.request();
		Double temperature = request.temperature();
		if (temperature != null && temperature > 1) {
			adaptation.leaveOut(Parameter.TEMPERATURE, "above 1 is not taken");
		}
		if (hasBlank(request.stop())) {
			List<String> rest = request.stop().stream().filter((stop) -> !stop.isBlank()).toList();
			adaptation.replace(adaptation.request().mutate().stop(rest).build(), Parameter.STOP,
					"must not hold blank texts");
		}
		if (Boolean.FALSE.equals(adaptation.traits().acceptsPrefix())) {
			refusePrefix(adaptation);
		}
		if (request.reasoningEffort() != null && request.reasoningEffort() != ReasoningEffort.NONE) {
			thinking(adaptation, provider);
		}
	}

	private static boolean hasBlank(List<String> stops) {
		for (int i = 0; i < stops.size(); i++) {
			if (stops.get(i).isBlank()) {
				return true;
			}
		}
		return false;
	}

	private static void refusePrefix(Adaptation adaptation) {
		List<Message> messages = adaptation.request().messages();
		Message last = messages.get(messages.size() - 1);
		if (last.role() == Message.Role.ASSISTANT) {
			throw adaptation.unsupported("takes no beginning of its own answer: let the last message be the user's");
		}
	}

	private static void thinking(Adaptation adaptation, String provider) {
		String why = whyNotToThink(adaptation, provider);
		if (why != null) {
			adaptation.leaveOut(Parameter.REASONING_EFFORT, why);
			return;
		}
		Double temperature = adaptation.request().temperature();
		if (temperature != null && temperature != 1) {
			adaptation.leaveOut(Parameter.TEMPERATURE, "is not taken together with reasoning-effort");
		}
		Double topP = adaptation.request().topP();
		if (topP != null && topP < LEAST_TOP_P) {
			adaptation.leaveOut(Parameter.TOP_P,
					"below " + LEAST_TOP_P + " is not taken together with reasoning-effort");
		}
		adaptation.leaveOut(Parameter.TOP_K, "is not taken together with reasoning-effort");
	}

	private static @Nullable String whyNotToThink(Adaptation adaptation, String provider) {
		LlmRequest request = adaptation.request();
		if (adaptation.traits().thinking() == ModelTraits.Thinking.NONE) {
			return "is not taken: this model does not think";
		}
		ToolChoice choice = request.toolChoice();
		if (choice != null && (choice.mode() == ToolChoice.Mode.REQUIRED || choice.mode() == ToolChoice.Mode.TOOL)) {
			return "is not taken together with a tool that must be called";
		}
		if (isInsideForeignToolLoop(request.messages(), provider)) {
			return "is not taken where the thoughts before a tool call are missing";
		}
		if (adaptation.traits().thinking() == ModelTraits.Thinking.ADAPTIVE) {
			return null;
		}
		Integer maxTokens = request.maxTokens();
		boolean tooFew = maxTokens != null && maxTokens <= AnthropicThinking.LEAST;
		return tooFew ? "needs max-tokens of more than " + AnthropicThinking.LEAST : null;
	}

	/**
	 * Whether the request answers a tool call of another provider. Anthropic refuses
	 * thinking then, because the thinking before the call is missing.
	 */
	static boolean isInsideForeignToolLoop(List<Message> messages, String provider) {
		for (int i = messages.size() - 1; i >= 0; i--) {
			List<Content> content = messages.get(i).content();
			if (messages.get(i).role() == Message.Role.ASSISTANT) {
				return content.stream().anyMatch(ToolCall.class::isInstance)
						&& content.stream().noneMatch((block) -> AnthropicThinking.isOwn(block, provider));
			}
		}
		return false;
	}

}
