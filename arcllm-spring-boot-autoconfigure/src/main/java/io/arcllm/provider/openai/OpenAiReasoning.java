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

/**
 * Sends OpenRouter's {@code reasoning_details} back with their turn, unchanged and in
 * order; for calls of another model, a placeholder
 * (openrouter.ai/docs/use-cases/reasoning-tokens).
 */
final class OpenAiReasoning {

	private static final String FIELD = "reasoning_details";

	private static final String EXTRA = "extra_content";

	private final ModelTraits traits;

	private final String provider;

	private final JsonBody body;

	OpenAiReasoning(ModelTraits traits, String provider, JsonBody body) {
		this.traits = traits;
		this.provider = provider;
		this.body = body;
	}

	void write(List<Content.Opaque> blocks, List<ToolCall> calls) {
		List<String> details = new ArrayList<>();
		for (Content.Opaque block : blocks) {
			if (!block.isForeignTo(this.provider)) {
				Map<String, String> fields = fields(block);
				String several = fields.get(FIELD);
				if (several != null) {
					details.addAll(Json.rawElements(several));
				}
				else if (fields.getOrDefault("type", "").startsWith("\"reasoning")) {
					details.add(block.json());
				}
			}
		}
		if (details.isEmpty() && !calls.isEmpty()) {
			standIns(calls, details);
		}
		if (!details.isEmpty()) {
			this.body.json().writeName(FIELD).writeRawValue("[" + String.join(",", details) + "]");
		}
	}

	/**
	 * Writes what the vendor attached to the text of the turn, such as Gemini's
	 * signature.
	 * @param attaches whether this vendor takes data that an unknown vendor attached
	 */
	void writeExtra(List<Content.Opaque> blocks, boolean attaches) {
		for (Content.Opaque block : blocks) {
			boolean own = block.provider().equals(this.provider) || (attaches && block.provider().isEmpty());
			String extra = own ? fields(block).get(EXTRA) : null;
			if (extra != null) {
				this.body.json().writeName(EXTRA).writeRawValue(extra);
				return;
			}
		}
	}

	private Map<String, String> fields(Content.Opaque block) {
		Map<String, String> fields = Json.rawFields(block.json());
		if (fields == null) {
			throw this.body.invalid("An opaque block is no JSON object");
		}
		return fields;
	}

	private void standIns(List<ToolCall> calls, List<String> details) {
		if (this.traits.has(ModelTraits.Rule.SIGNED_TOOL_CALLS)) {
			Map<String, Object> detail = new LinkedHashMap<>();
			detail.put("type", "reasoning.encrypted");
			detail.put("data", "skip_thought_signature_validator");
			detail.put("id", calls.get(0).id());
			detail.put("format", "google-gemini-v1");
			detail.put("index", 0);
			details.add(Json.text(detail));
		}
		else if (this.traits.has(ModelTraits.Rule.THOUGHTS_WITH_TOOL_CALLS)) {
			Map<String, Object> detail = new LinkedHashMap<>();
			detail.put("type", "reasoning.text");
			detail.put("text", "The call was made by another model.");
			detail.put("format", "unknown");
			detail.put("index", 0);
			details.add(Json.text(detail));
		}
	}

}
