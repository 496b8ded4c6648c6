package io.arcllm.bridge.springai;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import io.arcllm.Content;
import io.arcllm.ErrorKind;
import io.arcllm.LlmException;
import io.arcllm.Message;
import io.arcllm.Target;
import io.arcllm.ToolCall;
import io.arcllm.bridge.PortableRequest;
import org.springframework.ai.chat.messages.AssistantMessage;
import org.springframework.ai.chat.messages.SystemMessage;
import org.springframework.ai.chat.messages.ToolResponseMessage;
import org.springframework.ai.chat.messages.UserMessage;
import org.springframework.ai.content.Media;

import org.springframework.util.MimeTypeUtils;

/**
 * Writes the turns of a conversation. Thinking is left out, because it belongs to the
 * model that made it.
 */
final class MessageWriter {

	private final Target target;

	private final Map<String, String> tools = new HashMap<>();

	private final List<org.springframework.ai.chat.messages.Message> written = new ArrayList<>();

	private MessageWriter(Target target) {
		this.target = target;
	}

	static List<org.springframework.ai.chat.messages.Message> messages(List<Message> messages, Target target) {
		MessageWriter writer = new MessageWriter(target);
		messages.forEach(writer::write);
		return writer.written;
	}

	private void write(Message message) {
		switch (message.role()) {
			case SYSTEM -> this.written.add(new SystemMessage(message.text()));
			case ASSISTANT -> this.written.add(assistant(message));
			case USER -> user(message);
		}
	}

	private AssistantMessage assistant(Message message) {
		List<AssistantMessage.ToolCall> calls = new ArrayList<>();
		for (Content part : message.content()) {
			if (part instanceof ToolCall call) {
				this.tools.put(call.id(), call.name());
				calls.add(new AssistantMessage.ToolCall(call.id(), "function", call.name(),
						PortableRequest.arguments(call)));
			}
			else if (part instanceof Content.Image || part instanceof Content.Document) {
				throw unsupported("pictures of an assistant");
			}
		}
		return AssistantMessage.builder().content(message.text()).toolCalls(calls).build();
	}

	private void user(Message message) {
		List<ToolResponseMessage.ToolResponse> results = new ArrayList<>();
		List<Media> media = new ArrayList<>();
		for (Content part : message.content()) {
			if (part instanceof Content.ToolResult result) {
				results.add(new ToolResponseMessage.ToolResponse(result.toolCallId(),
						this.tools.getOrDefault(result.toolCallId(), ""), text(result)));
			}
			else if (part instanceof Content.Image image) {
				media.add(media(image.source(), "image/png", null));
			}
			else if (part instanceof Content.Document document) {
				media.add(media(document.source(), "application/pdf", document.name()));
			}
		}
		if (!results.isEmpty()) {
			this.written.add(ToolResponseMessage.builder().responses(results).build());
		}
		if (results.isEmpty() || !media.isEmpty() || !message.text().isEmpty()) {
			this.written.add(UserMessage.builder().text(message.text()).media(media).build());
		}
	}

	private String text(Content.ToolResult result) {
		return result.content().stream().map((part) -> {
			if (part instanceof Content.Text text) {
				return text.text();
			}
			throw unsupported("pictures in a tool's result");
		}).collect(Collectors.joining("\n"));
	}

	private static Media media(Content.Source source, String type, @org.jspecify.annotations.Nullable String name) {
		if (source instanceof Content.Link link) {
			return new Media(MimeTypeUtils.parseMimeType(type), link.url());
		}
		Content.Bytes bytes = (Content.Bytes) source;
		Media.Builder media = Media.builder()
			.mimeType(MimeTypeUtils.parseMimeType(bytes.mediaType()))
			.data(bytes.data());
		return ((name == null || name.isBlank()) ? media : media.name(name)).build();
	}

	private LlmException unsupported(String what) {
		return LlmException.of(ErrorKind.UNSUPPORTED, this.target + " cannot be shown " + what + " by Spring AI")
			.target(this.target)
			.build();
	}

}
