package io.arcllm;

/**
 * A model called a tool with arguments that are not a JSON object. Usually the answer was
 * cut off at {@code maxTokens}. A tool result that says so lets the model try again.
 */
public class ToolArgumentsException extends LlmException {

	private final transient ToolCall toolCall;

	ToolArgumentsException(ToolCall toolCall) {
		super(ErrorDetails.of(ErrorKind.PROTOCOL), "The arguments of tool call '" + toolCall.id() + "' of '"
				+ toolCall.name() + "' are not a JSON object; rawArguments() has what the model wrote", null);
		this.toolCall = toolCall;
	}

	/**
	 * The call.
	 */
	public ToolCall toolCall() {
		return this.toolCall;
	}

	/**
	 * What the model wrote.
	 */
	public String rawArguments() {
		return this.toolCall.rawArguments();
	}

}
