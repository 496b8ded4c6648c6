package io.arcllm.provider.openai;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;

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
 * Writes a request in OpenAI's format.
 */
final class OpenAiEncoder {

	/** Of {@code prompt_cache_key}. */
	private static final int LONGEST_KEY = 64;

	private final OpenAiFormat format;

	private final LlmRequest request;

	private final ModelTraits traits;

	OpenAiEncoder(OpenAiFormat format, LlmRequest request, ModelTraits traits) {
		this.format = format;
		this.request = request;
		this.traits = traits;
	}

	byte[] encode() {
		Target target = new Target(this.format.provider(), this.request.model());
		return JsonBody.write(target, this.request.options(), this::write);
	}

	private void write(JsonBody body) {
		body.field("model", this.request.model());
		if (body.begin("messages")) {
			new OpenAiMessages(this.format, this.traits, this.request.model(), body).write(this.request.messages());
		}
		boolean completion = this.format.has(OpenAiQuirk.MAX_COMPLETION_TOKENS)
				|| this.traits.has(ModelTraits.Rule.MAX_COMPLETION_TOKENS);
		boolean refused = this.traits.unsupported().contains(Parameter.MAX_TOKENS);
		// the vendor has refused the usual name of the field: it takes the other one
		body.field((completion != refused) ? "max_completion_tokens" : "max_tokens", this.request.maxTokens());
		body.field("temperature", this.request.temperature());
		body.field("top_p", this.request.topP());
		body.field("stop", this.request.stop());
		ReasoningEffort effort = OpenAiAdaptation.effort(this.request.reasoningEffort(), this.traits);
		body.field("reasoning_effort", (effort == null) ? null : effort.name().toLowerCase(Locale.ROOT));
		if (!this.request.tools().isEmpty() && body.begin("tools")) {
			tools(body.json());
		}
		toolChoice(body);
		responseFormat(body);
		if (this.format.has(OpenAiQuirk.PROMPT_CACHE_KEY)) {
			body.field("prompt_cache_key", cacheKey(this.request.metadata().session()));
		}
		stream(body);
	}

	/** One key for each session; a long session is shortened, always in the same way. */
	private static @Nullable String cacheKey(@Nullable String session) {
		return (session == null || session.length() <= LONGEST_KEY) ? session
				: UUID.nameUUIDFromBytes(session.getBytes(StandardCharsets.UTF_8)).toString();
	}

	private void stream(JsonBody body) {
		if (this.request.streaming()) {
			body.field("stream", true);
			if (!this.format.has(OpenAiQuirk.NO_STREAM_OPTIONS)) {
				body.object("stream_options", Map.of("include_usage", true));
			}
		}
	}

	private void tools(JsonGenerator json) {
		json.writeStartArray();
		for (Tool tool : this.request.tools()) {
			json.writeStartObject().writeStringProperty("type", "function").writeObjectPropertyStart("function");
			json.writeStringProperty("name", tool.name());
			if (!tool.description().isEmpty()) {
				json.writeStringProperty("description", tool.description());
			}
			Map<String, Object> parameters = Schemas.parameters(tool);
			json.writePOJOProperty("parameters", parameters);
			if (tool.strict() != null) {
				json.writeBooleanProperty("strict",
						tool.strict() && Schemas.requiresAll(parameters) && !Schemas.hasOpenObjects(parameters));
			}
			json.writeEndObject().writeEndObject();
		}
		json.writeEndArray();
	}

	private void toolChoice(JsonBody body) {
		ToolChoice choice = this.request.toolChoice();
		if (choice == null) {
			return;
		}
		if (choice.tool() != null) {
			Map<String, Object> field = new LinkedHashMap<>();
			field.put("type", "function");
			field.put("function", Map.of("name", choice.tool()));
			body.field("tool_choice", field);
		}
		else {
			body.field("tool_choice", choice.mode().name().toLowerCase(Locale.ROOT));
		}
	}

	private void responseFormat(JsonBody body) {
		ResponseFormat wanted = this.request.responseFormat();
		if (wanted == null) {
			return;
		}
		switch (wanted.type()) {
			case TEXT -> body.field("response_format", Map.of("type", "text"));
			case JSON -> body.field("response_format", Map.of("type", "json_object"));
			case JSON_SCHEMA -> schema(body, wanted);
		}
	}

	private void schema(JsonBody body, ResponseFormat wanted) {
		if (this.format.has(OpenAiQuirk.NO_JSON_SCHEMA)) {
			throw body.unsupported(Parameter.SCHEMA, this.format.provider()
					+ " takes no JSON schema: use ResponseFormat.JSON and put the schema into the instructions");
		}
		boolean strict = Boolean.TRUE.equals(wanted.strict());
		Map<String, Object> asked = (wanted.schema() != null) ? wanted.schema() : Map.of();
		Map<String, Object> schema = new LinkedHashMap<>();
		schema.put("name", (wanted.name() != null) ? wanted.name() : "answer");
		schema.put("schema", strict ? Schemas.closed(asked) : asked);
		if (wanted.strict() != null) {
			schema.put("strict", strict && Schemas.requiresAll(asked) && !Schemas.hasOpenObjects(asked));
		}
		Map<String, Object> field = new LinkedHashMap<>();
		field.put("type", "json_schema");
		field.put("json_schema", schema);
		body.field("response_format", field);
	}

}
