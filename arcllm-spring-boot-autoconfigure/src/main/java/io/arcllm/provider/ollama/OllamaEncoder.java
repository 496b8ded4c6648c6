package io.arcllm.provider.ollama;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

import io.arcllm.LlmRequest;
import io.arcllm.Parameter;
import io.arcllm.ReasoningEffort;
import io.arcllm.ResponseFormat;
import io.arcllm.Target;
import io.arcllm.Tool;
import io.arcllm.ToolChoice;
import io.arcllm.provider.ModelTraits;
import io.arcllm.provider.json.JsonBody;
import io.arcllm.provider.json.Schemas;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/**
 * Writes a request in Ollama's format.
 */
final class OllamaEncoder {

	/**
	 * Options that are fields of the body; every other option belongs into {@code
	 * options}.
	 */
	private static final Set<String> BODY = Set.of("model", "messages", "tools", "stream", "format", "options", "think",
			"template", "keep_alive", "logprobs", "top_logprobs", "truncate", "shift");

	private final String provider;

	private final LlmRequest request;

	private final ModelTraits traits;

	OllamaEncoder(String provider, LlmRequest request, ModelTraits traits) {
		this.provider = provider;
		this.request = request;
		this.traits = traits;
	}

	byte[] encode() {
		Map<String, @Nullable Object> own = new LinkedHashMap<>();
		this.request.options().forEach((name, value) -> {
			if (BODY.contains(name)) {
				own.put(name, value);
			}
		});
		return JsonBody.write(new Target(this.provider, this.request.model()), own, this::write);
	}

	private void write(JsonBody body) {
		body.field("model", this.request.model());
		body.field("stream", this.request.streaming());
		if (body.begin("messages")) {
			new OllamaMessages(this.provider, body).write(this.request.messages());
		}
		if (isToolsAllowed(body) && !this.request.tools().isEmpty() && body.begin("tools")) {
			tools(body.json());
		}
		body.field("format", format(this.request.responseFormat()));
		body.field("think", think(this.request.reasoningEffort()));
		body.object("options", modelOptions(body));
	}

	/** Ollama has no tool choice; tools are forbidden by sending none. */
	private boolean isToolsAllowed(JsonBody body) {
		ToolChoice choice = this.request.toolChoice();
		if (choice == null || choice.mode() == ToolChoice.Mode.AUTO) {
			return true;
		}
		if (choice.mode() == ToolChoice.Mode.NONE) {
			return false;
		}
		throw body.unsupported(Parameter.FORCED_TOOL,
				"toolChoice " + choice.mode() + " is unknown to Ollama: use AUTO or NONE");
	}

	private void tools(JsonGenerator json) {
		json.writeStartArray();
		for (Tool tool : this.request.tools()) {
			json.writeStartObject().writeStringProperty("type", "function");
			json.writeName("function").writeStartObject();
			json.writeStringProperty("name", tool.name());
			json.writeStringProperty("description", tool.description());
			json.writePOJOProperty("parameters", Schemas.parameters(tool));
			json.writeEndObject().writeEndObject();
		}
		json.writeEndArray();
	}

	private static @Nullable Object format(@Nullable ResponseFormat format) {
		if (format == null || format.type() == ResponseFormat.Type.TEXT) {
			return null;
		}
		return (format.schema() != null) ? format.schema() : "json";
	}

	/** A level for models that have levels; the others are switched on or off. */
	private @Nullable Object think(@Nullable ReasoningEffort effort) {
		if (effort == null) {
			return null;
		}
		if (effort == ReasoningEffort.NONE || this.traits.thinking() != ModelTraits.Thinking.LEVELS) {
			return effort != ReasoningEffort.NONE;
		}
		return switch (effort) {
			case NONE, MINIMAL, LOW -> "low";
			case MEDIUM -> "medium";
			case HIGH, XHIGH, MAX -> "high";
		};
	}

	private Map<String, @Nullable Object> modelOptions(JsonBody body) {
		Map<String, @Nullable Object> options = new LinkedHashMap<>();
		options.put("num_predict", this.request.maxTokens());
		options.put("temperature", finite("temperature", this.request.temperature(), body));
		options.put("top_p", finite("topP", this.request.topP(), body));
		options.put("stop", this.request.stop().isEmpty() ? null : this.request.stop());
		options.values().removeIf((value) -> value == null);
		this.request.options().forEach((name, value) -> {
			if (!BODY.contains(name)) {
				options.put(name, value);
			}
		});
		return options;
	}

	private static @Nullable Double finite(String name, @Nullable Double value, JsonBody body) {
		if (value != null && !Double.isFinite(value)) {
			throw body.invalid(name + " must be a finite number, not " + value);
		}
		return value;
	}

}
