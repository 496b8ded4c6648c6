package io.arcllm.provider.ollama;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

import io.arcllm.LlmRequest;
import io.arcllm.ReasoningEffort;
import io.arcllm.ResponseFormat;
import io.arcllm.Target;
import io.arcllm.Tool;
import io.arcllm.ToolChoice;
import io.arcllm.provider.json.JsonBody;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/**
 * Writes a question the way Ollama reads it.
 */
final class OllamaEncoder {

	/** What stands in the body itself; every other option belongs to the model. */
	private static final Set<String> BODY = Set.of("model", "messages", "tools", "stream", "format", "options", "think",
			"template", "keep_alive", "logprobs", "top_logprobs", "truncate", "shift");

	private final String provider;

	private final LlmRequest request;

	OllamaEncoder(String provider, LlmRequest request) {
		this.provider = provider;
		this.request = request;
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

	/** Ollama cannot be told to call a tool; not telling it of any forbids them. */
	private boolean isToolsAllowed(JsonBody body) {
		ToolChoice choice = this.request.toolChoice();
		if (choice == null || choice.mode() == ToolChoice.Mode.AUTO) {
			return true;
		}
		if (choice.mode() == ToolChoice.Mode.NONE) {
			return false;
		}
		throw body.refuse("toolChoice " + choice.mode() + " is unknown to Ollama: use AUTO or NONE");
	}

	private void tools(JsonGenerator json) {
		json.writeStartArray();
		for (Tool tool : this.request.tools()) {
			json.writeStartObject().writeStringProperty("type", "function");
			json.writeName("function").writeStartObject();
			json.writeStringProperty("name", tool.name());
			json.writeStringProperty("description", tool.description());
			json.writePOJOProperty("parameters",
					tool.parameters().isEmpty() ? Map.of("type", "object", "properties", Map.of()) : tool.parameters());
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

	private static @Nullable Object think(@Nullable ReasoningEffort effort) {
		if (effort == null) {
			return null;
		}
		return switch (effort) {
			case NONE -> false;
			case MINIMAL, LOW -> "low";
			case MEDIUM -> "medium";
			case HIGH -> "high";
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
			throw body.refuse(name + " must be a finite number, not " + value);
		}
		return value;
	}

}
