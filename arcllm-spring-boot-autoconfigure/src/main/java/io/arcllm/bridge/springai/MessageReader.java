package io.arcllm.bridge.springai;

import java.util.ArrayList;
import java.util.List;

import io.arcllm.Content;
import io.arcllm.Message;
import io.arcllm.ToolCall;
import io.arcllm.bridge.KeptTurn;
import io.arcllm.provider.json.Json;
import org.springframework.ai.chat.messages.AssistantMessage;
import org.springframework.ai.chat.messages.ToolResponseMessage;
import org.springframework.ai.chat.messages.UserMessage;
import org.springframework.ai.content.Media;

/**
 * Reads the turns of a conversation.
 */
final class MessageReader {

	private MessageReader() {
	}

	static List<Message> messages(List<org.springframework.ai.chat.messages.Message> messages) {
		List<Message> read = new ArrayList<>(messages.size());
		for (org.springframework.ai.chat.messages.Message message : messages) {
			read.add(message(message));
		}
		return read;
	}

	private static Message message(org.springframework.ai.chat.messages.Message message) {
		String text = (message.getText() != null) ? message.getText() : "";
		if (message instanceof ToolResponseMessage results) {
			return Message.toolResults(results.getResponses()
				.stream()
				.map((result) -> Content.ToolResult.of(result.id(), result.responseData()))
				.toArray(Content.ToolResult[]::new));
		}
		if (message instanceof AssistantMessage assistant) {
			Message kept = KeptTurn.in(assistant.getMetadata(), assistant.getText(),
					assistant.getToolCalls().stream().map(AssistantMessage.ToolCall::id).toList());
			return (kept != null) ? kept : assistant(text, assistant);
		}
		if (message instanceof UserMessage user && !user.getMedia().isEmpty()) {
			return new Message(Message.Role.USER, content(text, user.getMedia()));
		}
		return switch (message.getMessageType()) {
			case SYSTEM -> Message.system(text);
			case ASSISTANT -> Message.assistant(text);
			default -> Message.user(text);
		};
	}

	private static Message assistant(String text, AssistantMessage message) {
		List<Content> content = content(text, message.getMedia());
		for (AssistantMessage.ToolCall call : message.getToolCalls()) {
			content.add(new ToolCall(call.id(), call.name(), call.arguments(), Json.object(call.arguments())));
		}
		return Message.assistant(content);
	}

	private static List<Content> content(String text, List<Media> media) {
		List<Content> content = new ArrayList<>();
		if (!text.isEmpty()) {
			content.add(new Content.Text(text));
		}
		media.forEach((one) -> content.add(MediaReader.content(one)));
		return content;
	}

}
