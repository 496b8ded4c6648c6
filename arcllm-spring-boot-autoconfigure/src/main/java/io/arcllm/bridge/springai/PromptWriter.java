package io.arcllm.bridge.springai;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import io.arcllm.LlmException;
import io.arcllm.LlmRequest;
import io.arcllm.ResponseFormat;
import io.arcllm.Target;
import io.arcllm.Tool;
import io.arcllm.ToolChoice;
import io.arcllm.bridge.PortableRequest;
import io.arcllm.provider.json.Json;
import org.springframework.ai.chat.prompt.ChatOptions;
import org.springframework.ai.chat.prompt.Prompt;
import org.springframework.ai.model.tool.StructuredOutputChatOptions;
import org.springframework.ai.model.tool.ToolCallingChatOptions;
import org.springframework.ai.tool.ToolCallback;
import org.springframework.ai.tool.definition.ToolDefinition;

/**
 * Writes a request as a prompt for a model, over the model's own options. What Spring
 * AI's options cannot express is {@code UNSUPPORTED}, and never dropped.
 *
 * @param target the target
 * @param defaults the model's own options
 * @param request the request
 */
record PromptWriter(Target target, ChatOptions defaults, LlmRequest request) {

	Prompt prompt() {
		return new Prompt(MessageWriter.messages(this.request.messages(), this.target), options());
	}

	private ChatOptions options() {
		ChatOptions.Builder<?> options = this.defaults.mutate();
		new PortableRequest(this.target, this.request)
			.sampling(options::model, options::maxTokens, options::temperature, options::topP, options::stopSequences)
			.options(options::topK, options::frequencyPenalty, options::presencePenalty);
		tools(options);
		format(options);
		return options.build();
	}

	private void tools(ChatOptions.Builder<?> options) {
		ToolChoice choice = this.request.toolChoice();
		if (choice != null && (choice.mode() == ToolChoice.Mode.REQUIRED || choice.mode() == ToolChoice.Mode.TOOL)) {
			throw unsupported("a forced tool choice");
		}
		if (this.request.tools().isEmpty() || (choice != null && choice.mode() == ToolChoice.Mode.NONE)) {
			return;
		}
		if (!(options instanceof ToolCallingChatOptions.Builder<?> calling)) {
			throw unsupported("tools");
		}
		List<ToolCallback> callbacks = new ArrayList<>();
		this.request.tools().forEach((tool) -> callbacks.add(new Definition(tool)));
		calling.toolCallbacks(callbacks);
	}

	private void format(ChatOptions.Builder<?> options) {
		ResponseFormat format = this.request.responseFormat();
		if (format == null || format.type() == ResponseFormat.Type.TEXT) {
			return;
		}
		if (format.schema() == null || !(options instanceof StructuredOutputChatOptions.Builder<?> structured)) {
			throw unsupported("a response format of type " + format.type());
		}
		structured.outputSchema(Json.text(format.schema()));
	}

	private LlmException unsupported(String what) {
		return new PortableRequest(this.target, this.request).unsupported(what);
	}

	/** A tool that the model may call, and that is never run here. */
	private record Definition(Tool tool) implements ToolCallback {

		@Override
		public ToolDefinition getToolDefinition() {
			Map<String, Object> schema = this.tool.parameters();
			return ToolDefinition.builder()
				.name(this.tool.name())
				.description(this.tool.description().isBlank() ? this.tool.name() : this.tool.description())
				.inputSchema(schema.isEmpty() ? "{\"type\":\"object\",\"properties\":{}}" : Json.text(schema))
				.build();
		}

		@Override
		public String call(String input) {
			throw new IllegalStateException("The tool '" + this.tool.name() + "' is run by the caller");
		}

	}

}
