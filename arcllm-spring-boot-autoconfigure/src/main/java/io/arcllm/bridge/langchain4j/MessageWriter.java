package io.arcllm.bridge.langchain4j;

import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.ImageContent;
import dev.langchain4j.data.message.PdfFileContent;
import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.TextContent;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.data.message.UserMessage;
import io.arcllm.Content;
import io.arcllm.ErrorKind;
import io.arcllm.LlmException;
import io.arcllm.Message;
import io.arcllm.Target;
import io.arcllm.ToolCall;
import io.arcllm.bridge.PortableRequest;

/**
 * Writes the turns of a conversation. Thinking is left out, because it belongs to the
 * model that made it.
 */
final class MessageWriter {

	private final Target target;

	private final Map<String, String> tools = new HashMap<>();

	private final List<ChatMessage> written = new ArrayList<>();

	private MessageWriter(Target target) {
		this.target = target;
	}

	static List<ChatMessage> messages(List<Message> messages, Target target) {
		MessageWriter writer = new MessageWriter(target);
		messages.forEach(writer::write);
		return writer.written;
	}

	private void write(Message message) {
		switch (message.role()) {
			case SYSTEM -> this.written.add(SystemMessage.from(message.text()));
			case ASSISTANT -> this.written.add(assistant(message));
			case USER -> user(message);
		}
	}

	private AiMessage assistant(Message message) {
		List<ToolExecutionRequest> calls = new ArrayList<>();
		for (Content part : message.content()) {
			if (part instanceof ToolCall call) {
				this.tools.put(call.id(), call.name());
				calls.add(ToolExecutionRequest.builder()
					.id(call.id())
					.name(call.name())
					.arguments(PortableRequest.arguments(call))
					.build());
			}
			else if (part instanceof Content.Image || part instanceof Content.Document) {
				throw unsupported("pictures of an assistant");
			}
		}
		AiMessage.Builder ai = AiMessage.builder().toolExecutionRequests(calls);
		return (message.text().isEmpty() && !calls.isEmpty()) ? ai.build() : ai.text(message.text()).build();
	}

	private void user(Message message) {
		List<dev.langchain4j.data.message.Content> contents = new ArrayList<>();
		for (Content part : message.content()) {
			if (part instanceof Content.ToolResult result) {
				this.written.add(ToolExecutionResultMessage.builder()
					.id(result.toolCallId())
					.toolName(this.tools.getOrDefault(result.toolCallId(), ""))
					.contents(result.content().stream().map(this::content).toList())
					.isError(result.isError() ? Boolean.TRUE : null)
					.build());
			}
			else {
				contents.add(content(part));
			}
		}
		if (!contents.isEmpty()) {
			this.written.add(UserMessage.from(contents));
		}
	}

	private dev.langchain4j.data.message.Content content(Content part) {
		if (part instanceof Content.Text text) {
			return TextContent.from(text.text());
		}
		if (part instanceof Content.Image image) {
			return (image.source() instanceof Content.Bytes bytes) ? ImageContent.from(base64(bytes), bytes.mediaType())
					: ImageContent.from(((Content.Link) image.source()).url());
		}
		if (part instanceof Content.Document document) {
			return (document.source() instanceof Content.Bytes bytes)
					? PdfFileContent.from(base64(bytes), bytes.mediaType())
					: PdfFileContent.from(((Content.Link) document.source()).url());
		}
		throw unsupported("content of type " + part.getClass().getSimpleName());
	}

	private static String base64(Content.Bytes bytes) {
		return Base64.getEncoder().encodeToString(bytes.data());
	}

	private LlmException unsupported(String what) {
		return LlmException.of(ErrorKind.UNSUPPORTED, this.target + " cannot be shown " + what + " by LangChain4j")
			.target(this.target)
			.build();
	}

}
