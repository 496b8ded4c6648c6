package io.arcllm.provider.openai;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.arcllm.Content;
import io.arcllm.ToolCall;
import io.arcllm.provider.ModelTraits;
import io.arcllm.provider.json.Json;
import io.arcllm.provider.json.JsonBody;
import org.jspecify.annotations.Nullable;

/**
 * Gives OpenRouter the details of its reasoning back with the turn that they belong to,
 * as they came and in their order; for the calls that another model made, what stands for
 * them (openrouter.ai/docs/use-cases/reasoning-tokens).
 */
final class OpenAiReasoning {

	private static final String FIELD = "reasoning_details";

	private final ModelTraits traits;

	private final String provider;

	private final JsonBody body;

	OpenAiReasoning(ModelTraits traits, String provider, JsonBody body) {
		this.traits = traits;
		this.provider = provider;
		this.body = body;
	}

	void write(List<Content.Opaque> blocks, List<ToolCall> calls) {
		List<@Nullable Object> details = new ArrayList<>();
		for (Content.Opaque block : blocks) {
			if (!block.isForeignTo(this.provider)) {
				Map<String, @Nullable Object> json = Json.object(block.json());
				if (json == null) {
					throw this.body.invalid("An opaque block is no JSON object");
				}
				if (json.get(FIELD) instanceof List<?> several) {
					details.addAll(several);
				}
				else if (String.valueOf(json.get("type")).startsWith("reasoning")) {
					details.add(json);
				}
			}
		}
		if (details.isEmpty() && !calls.isEmpty()) {
			standIns(calls, details);
		}
		if (!details.isEmpty()) {
			this.body.json().writePOJOProperty(FIELD, details);
		}
	}

	private void standIns(List<ToolCall> calls, List<@Nullable Object> details) {
		if (this.traits.has(ModelTraits.Rule.SIGNED_TOOL_CALLS)) {
			Map<String, Object> detail = new LinkedHashMap<>();
			detail.put("type", "reasoning.encrypted");
			detail.put("data", "skip_thought_signature_validator");
			detail.put("id", calls.get(0).id());
			detail.put("format", "google-gemini-v1");
			detail.put("index", 0);
			details.add(detail);
		}
		else if (this.traits.has(ModelTraits.Rule.THOUGHTS_WITH_TOOL_CALLS)) {
			Map<String, Object> detail = new LinkedHashMap<>();
			detail.put("type", "reasoning.text");
			detail.put("text", "The call was made by another model.");
			detail.put("format", "unknown");
			detail.put("index", 0);
			details.add(detail);
		}
	}

}
