package io.arcllm.provider.http;

import java.util.HashSet;
import java.util.Set;
import java.util.regex.Pattern;

import io.arcllm.Content;
import io.arcllm.ErrorKind;
import io.arcllm.LlmException;
import io.arcllm.LlmRequest;
import io.arcllm.Message;
import io.arcllm.Target;
import io.arcllm.Tool;
import io.arcllm.ToolCall;
import io.arcllm.ToolChoice;
import org.jspecify.annotations.Nullable;

/**
 * Refuses what no vendor takes, before anything is sent. What only one vendor refuses is
 * the business of its format.
 */
final class RequestCheck {

	private static final Pattern TOOL_NAME = Pattern.compile("[a-zA-Z0-9_.:-]{1,128}");

	private final Target target;

	private RequestCheck(Target target) {
		this.target = target;
	}

	/**
	 * Checks a request.
	 * @throws LlmException {@code INVALID_REQUEST} naming the field and the mend
	 */
	static void check(LlmRequest request, Target target) {
		RequestCheck check = new RequestCheck(target);
		check.require(!request.messages().isEmpty(), "messages is empty: add a user message");
		request.messages().forEach(check::message);
		check.range("temperature", request.temperature(), Double.MAX_VALUE);
		check.range("topP", request.topP(), 1);
		Integer maxTokens = request.maxTokens();
		if (maxTokens != null && maxTokens < 0) {
			throw check.refused("maxTokens must be 0 or more, was " + maxTokens);
		}
		check.require(!request.stop().contains(""), "stop must not hold an empty text");
		if (!request.tools().isEmpty() || request.toolChoice() != null) {
			check.tools(request);
		}
	}

	/** Blocks that stand where no vendor has a place for them. */
	private void message(Message message) {
		for (Content part : message.content()) {
			boolean fits = switch (message.role()) {
				case SYSTEM -> part instanceof Content.Text;
				case USER -> !(part instanceof ToolCall || part instanceof Content.Thinking);
				case ASSISTANT -> !(part instanceof Content.ToolResult);
			};
			require(fits, "a message of role " + message.role() + " cannot hold a " + part.type()
					+ ": tool calls and thinking belong to an ASSISTANT message, results of tools to a USER one");
			if (part instanceof Content.ToolResult result) {
				result.content()
					.forEach((inner) -> require(fitsResult(inner),
							"the result of tool call " + result.toolCallId() + " cannot hold a " + inner.type()));
			}
		}
	}

	private static boolean fitsResult(Content part) {
		return !(part instanceof ToolCall || part instanceof Content.Thinking || part instanceof Content.ToolResult);
	}

	private void tools(LlmRequest request) {
		Set<String> names = new HashSet<>();
		for (Tool tool : request.tools()) {
			require(TOOL_NAME.matcher(tool.name()).matches(),
					"tools: '" + tool.name() + "' cannot be a tool's name: use up to 128 letters, digits, '_' and '-'");
			require(names.add(tool.name()), "tools has '" + tool.name() + "' twice: names must differ");
		}
		ToolChoice choice = request.toolChoice();
		// tools of the vendor's own are among the options
		if (choice != null && !request.options().containsKey("tools")) {
			require(choice.mode() != ToolChoice.Mode.REQUIRED || !names.isEmpty(),
					"toolChoice REQUIRED needs tools: add one");
			require(choice.tool() == null || names.contains(choice.tool()),
					"toolChoice names '" + choice.tool() + "', which is not among tools: add it");
		}
	}

	private void range(String name, @Nullable Double value, double most) {
		if (value != null && !(value >= 0 && value <= most)) {
			throw refused(name + " must be " + ((most == 1) ? "between 0 and 1" : "a number of 0 or more") + ", was "
					+ value);
		}
	}

	private void require(boolean right, String message) {
		if (!right) {
			throw refused(message);
		}
	}

	private LlmException refused(String message) {
		return LlmException.of(ErrorKind.INVALID_REQUEST, this.target + " was not asked: " + message)
			.target(this.target)
			.build();
	}

}
