package io.arcllm.provider.anthropic;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import io.arcllm.Content;
import io.arcllm.LlmRequest;
import io.arcllm.Message;
import io.arcllm.Parameter;
import io.arcllm.ReasoningEffort;
import io.arcllm.ResponseFormat;
import io.arcllm.Target;
import io.arcllm.Tool;
import io.arcllm.ToolChoice;
import io.arcllm.provider.ModelTraits;
import io.arcllm.provider.json.JsonBody;
import io.arcllm.provider.json.Schemas;
import tools.jackson.core.JsonGenerator;

/**
 * Writes a request in Anthropic's format.
 */
final class AnthropicEncoder {

	private static final int DEFAULT_MAX_TOKENS = 4096;

	private final AnthropicFormat format;

	private final LlmRequest request;

	private final ModelTraits traits;

	AnthropicEncoder(AnthropicFormat format, LlmRequest request, ModelTraits traits) {
		this.format = format;
		this.request = request;
		this.traits = traits;
	}

	byte[] encode() {
		return JsonBody.write(new Target(this.format.provider(), this.request.model()), this.request.options(),
				this::write);
	}

	private void write(JsonBody body) {
		body.field("model", this.request.model());
		limits(body);
		body.field("temperature", this.request.temperature());
		body.field("top_p", this.request.topP());
		body.field("stop_sequences", this.request.stop());
		if (this.request.streaming()) {
			body.field("stream", true);
		}
		AnthropicMessages messages = new AnthropicMessages(this.format.provider(), body);
		List<Content> system = instructions();
		List<Message> turns = messages.turns(this.request.messages());
		AnthropicMarks marks = new AnthropicMarks(this.format.cache(), this.request.tools(), system, turns);
		system(body, system, marks);
		if (body.begin("messages")) {
			messages.write(turns, marks);
		}
		if (!this.request.tools().isEmpty() && body.begin("tools")) {
			tools(body.json(), marks);
		}
		toolChoice(body);
		responseFormat(body);
	}

	private void limits(JsonBody body) {
		Integer maxTokens = this.request.maxTokens();
		int budget = 0;
		if (!this.request.options().containsKey("thinking")) {
			if (isAdaptive()) {
				body.field("thinking", Map.of("type", "adaptive"));
			}
			else {
				budget = AnthropicThinking.budget(this.request, body);
			}
		}
		if (budget > 0) {
			Map<String, Object> thinking = new LinkedHashMap<>();
			thinking.put("type", "enabled");
			thinking.put("budget_tokens", budget);
			body.field("thinking", thinking);
		}
		body.field("max_tokens", (maxTokens != null) ? maxTokens : atMost(DEFAULT_MAX_TOKENS + budget));
	}

	private Integer atMost(int tokens) {
		Integer most = this.traits.maxOutput();
		return (most == null) ? tokens : Math.min(most, tokens);
	}

	private boolean isAdaptive() {
		return this.traits.thinking() == ModelTraits.Thinking.ADAPTIVE && this.request.reasoningEffort() != null
				&& this.request.reasoningEffort() != ReasoningEffort.NONE;
	}

	/**
	 * All instructions go first, wherever they stand in the conversation.
	 */
	private List<Content> instructions() {
		List<Content> blocks = new ArrayList<>();
		for (Message message : this.request.messages()) {
			if (message.role() == Message.Role.SYSTEM) {
				message.content().stream().filter((block) -> !AnthropicMessages.isBlank(block)).forEach(blocks::add);
				AnthropicMessages.markLast(message, blocks);
			}
		}
		return blocks;
	}

	private static void system(JsonBody body, List<Content> blocks, AnthropicMarks marks) {
		if (blocks.isEmpty() || !body.begin("system")) {
			return;
		}
		JsonGenerator json = body.json();
		json.writeStartArray();
		for (int i = 0; i < blocks.size(); i++) {
			if (!(blocks.get(i) instanceof Content.Text text)) {
				throw body.invalid("A system message can hold text only, not "
						+ blocks.get(i).getClass().getSimpleName() + ": put it into a user message");
			}
			json.writeStartObject().writeStringProperty("type", "text").writeStringProperty("text", text.text());
			marks.system(json, i);
			json.writeEndObject();
		}
		json.writeEndArray();
	}

	private void tools(JsonGenerator json, AnthropicMarks marks) {
		json.writeStartArray();
		List<Tool> tools = this.request.tools();
		for (int i = 0; i < tools.size(); i++) {
			Tool tool = tools.get(i);
			json.writeStartObject().writeStringProperty("name", tool.name());
			if (!tool.description().isEmpty()) {
				json.writeStringProperty("description", tool.description());
			}
			Map<String, Object> parameters = Schemas.parameters(tool);
			json.writePOJOProperty("input_schema", parameters);
			if (tool.strict() != null) {
				json.writeBooleanProperty("strict", tool.strict() && !Schemas.hasOpenObjects(parameters));
			}
			marks.end(json, tool, i);
		}
		json.writeEndArray();
	}

	private void toolChoice(JsonBody body) {
		ToolChoice choice = this.request.toolChoice();
		if (choice == null || !body.begin("tool_choice")) {
			return;
		}
		String type = switch (choice.mode()) {
			case AUTO -> "auto";
			case NONE -> "none";
			case REQUIRED -> "any";
			case TOOL -> "tool";
		};
		body.json().writeStartObject().writeStringProperty("type", type);
		if (choice.tool() != null) {
			body.json().writeStringProperty("name", choice.tool());
		}
		body.json().writeEndObject();
	}

	private void responseFormat(JsonBody body) {
		ResponseFormat format = this.request.responseFormat();
		Map<String, Object> config = new LinkedHashMap<>();
		if (format != null && format.type() == ResponseFormat.Type.JSON) {
			throw body.unsupported(Parameter.SCHEMA,
					"responseFormat JSON needs a schema at Anthropic: use ResponseFormat.jsonSchema(..)");
		}
		if (isAdaptive() && this.request.reasoningEffort() != null) {
			ReasoningEffort effort = this.traits.nearest(this.request.reasoningEffort());
			config.put("effort", String.valueOf(effort).toLowerCase(Locale.ROOT));
		}
		if (format != null && format.schema() != null) {
			Map<String, Object> schema = new LinkedHashMap<>();
			schema.put("type", "json_schema");
			schema.put("schema", Schemas.closed(format.schema()));
			config.put("format", schema);
		}
		body.object("output_config", config);
	}

}
