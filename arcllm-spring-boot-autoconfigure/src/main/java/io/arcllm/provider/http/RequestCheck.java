package io.arcllm.provider.http;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

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
 * checked by its format. Allocates nothing for a valid request.
 */
final class RequestCheck {

	private static final int LONGEST_NAME = 128;

	/** Up to this many names are compared with each other. */
	private static final int FEW = 16;

	private RequestCheck() {
	}

	/**
	 * Checks a request.
	 * @throws LlmException {@code INVALID_REQUEST} that names the field and what to
	 * change
	 */
	static void check(LlmRequest request, Target target) {
		if (request.messages().isEmpty()) {
			throw invalid(target, "messages is empty: add a user message");
		}
		for (int i = 0; i < request.messages().size(); i++) {
			message(request.messages().get(i), target);
		}
		range("temperature", request.temperature(), Double.MAX_VALUE, target);
		range("topP", request.topP(), 1, target);
		Integer maxTokens = request.maxTokens();
		if (maxTokens != null && maxTokens < 0) {
			throw invalid(target, "maxTokens must be 0 or more, was " + maxTokens);
		}
		if (!request.stop().isEmpty() && request.stop().contains("")) {
			throw invalid(target, "stop must not hold an empty text");
		}
		if (!request.tools().isEmpty()) {
			names(request.tools(), target);
		}
		// tools of the vendor's own are among the options
		if (request.toolChoice() != null && !request.options().containsKey("tools")) {
			choice(request.toolChoice(), request.tools(), target);
		}
	}

	/** Checks for blocks that no vendor accepts in this role. */
	private static void message(Message message, Target target) {
		List<Content> content = message.content();
		for (int i = 0; i < content.size(); i++) {
			Content part = content.get(i);
			boolean fits = switch (message.role()) {
				case SYSTEM -> part instanceof Content.Text;
				case USER -> !(part instanceof ToolCall || part instanceof Content.Thinking);
				case ASSISTANT -> !(part instanceof Content.ToolResult);
			};
			if (!fits) {
				throw invalid(target, "a message of role " + message.role() + " cannot hold a " + part.type()
						+ ": tool calls and thinking belong to an ASSISTANT message, results of tools to a USER one");
			}
			if (part instanceof Content.ToolResult result) {
				result(result, target);
			}
		}
	}

	private static void result(Content.ToolResult result, Target target) {
		for (int i = 0; i < result.content().size(); i++) {
			Content part = result.content().get(i);
			if (part instanceof ToolCall || part instanceof Content.Thinking || part instanceof Content.ToolResult) {
				throw invalid(target,
						"the result of tool call " + result.toolCallId() + " cannot hold a " + part.type());
			}
		}
	}

	private static void names(List<Tool> tools, Target target) {
		Set<String> many = (tools.size() > FEW) ? new HashSet<>() : Set.of();
		for (int i = 0; i < tools.size(); i++) {
			String name = tools.get(i).name();
			if (!isName(name)) {
				throw invalid(target,
						"tools: '" + name + "' cannot be a tool's name: use up to 128 letters, digits, '_' and '-'");
			}
			if ((tools.size() > FEW) ? !many.add(name) : isAmong(tools, i, name)) {
				throw invalid(target, "tools has '" + name + "' twice: names must differ");
			}
		}
	}

	private static boolean isName(String name) {
		for (int i = 0; i < name.length(); i++) {
			char c = name.charAt(i);
			boolean plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
			if (!plain && c != '_' && c != '-' && c != '.' && c != ':') {
				return false;
			}
		}
		return !name.isEmpty() && name.length() <= LONGEST_NAME;
	}

	/** Whether one of the first tools has this name. */
	private static boolean isAmong(List<Tool> tools, int first, String name) {
		for (int i = 0; i < first; i++) {
			if (tools.get(i).name().equals(name)) {
				return true;
			}
		}
		return false;
	}

	private static void choice(ToolChoice choice, List<Tool> tools, Target target) {
		if (choice.mode() == ToolChoice.Mode.REQUIRED && tools.isEmpty()) {
			throw invalid(target, "toolChoice REQUIRED needs tools: add one");
		}
		if (choice.tool() != null && !isAmong(tools, tools.size(), choice.tool())) {
			throw invalid(target, "toolChoice names '" + choice.tool() + "', which is not among tools: add it");
		}
	}

	private static void range(String name, @Nullable Double value, double most, Target target) {
		if (value != null && !(value >= 0 && value <= most)) {
			throw invalid(target, name + " must be " + ((most == 1) ? "between 0 and 1" : "a number of 0 or more")
					+ ", was " + value);
		}
	}

	private static LlmException invalid(Target target, String message) {
		return LlmException.of(ErrorKind.INVALID_REQUEST, target + " was not asked: " + message).target(target).build();
	}

}
