package io.arcllm.bridge.langchain4j;

import java.net.URI;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

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
import io.arcllm.ToolCall;
import io.arcllm.bridge.KeptTurn;
import io.arcllm.provider.json.Json;
import org.jspecify.annotations.Nullable;

/**
 * Reads the turns of a conversation. Consecutive results of tools become one turn. What
 * no target takes is {@code UNSUPPORTED} before anything is sent.
 */
final class MessageReader {

	private MessageReader() {
	}

	static List<Message> messages(List<ChatMessage> messages) {
		List<Message> read = new ArrayList<>(messages.size());
		List<Content> results = new ArrayList<>();
		for (ChatMessage message : messages) {
			if (message instanceof ToolExecutionResultMessage result) {
				results.add(result(result));
				continue;
			}
			flush(results, read);
			read.add(message(message));
		}
		flush(results, read);
		return read;
	}

	private static void flush(List<Content> results, List<Message> read) {
		if (!results.isEmpty()) {
			read.add(new Message(Message.Role.USER, results));
			results.clear();
		}
	}

	private static Message message(ChatMessage message) {
		if (message instanceof SystemMessage system) {
			return Message.system(system.text());
		}
		if (message instanceof UserMessage user) {
			return new Message(Message.Role.USER, contents(user.contents()));
		}
		if (message instanceof AiMessage ai) {
			Message kept = KeptTurn.in(ai.attributes(), ai.text(),
					ai.toolExecutionRequests().stream().map(ToolExecutionRequest::id).toList());
			return (kept != null) ? kept : assistant(ai);
		}
		throw unsupported("Messages of type " + message.type());
	}

	private static Message assistant(AiMessage message) {
		List<Content> content = new ArrayList<>();
		if (message.text() != null && !message.text().isEmpty()) {
			content.add(new Content.Text(message.text()));
		}
		for (ToolExecutionRequest call : message.toolExecutionRequests()) {
			String arguments = (call.arguments() == null || call.arguments().isBlank()) ? "{}" : call.arguments();
			content.add(
					new ToolCall((call.id() == null) ? "" : call.id(), call.name(), arguments, Json.object(arguments)));
		}
		return Message.assistant(content);
	}

	private static Content result(ToolExecutionResultMessage result) {
		return new Content.ToolResult((result.id() == null) ? "" : result.id(), contents(result.contents()),
				Boolean.TRUE.equals(result.isError()));
	}

	private static List<Content> contents(List<dev.langchain4j.data.message.Content> contents) {
		return contents.stream().map(MessageReader::content).toList();
	}

	private static Content content(dev.langchain4j.data.message.Content content) {
		if (content instanceof TextContent text) {
			return new Content.Text(text.text());
		}
		if (content instanceof ImageContent image) {
			String type = image.image().mimeType();
			return new Content.Image(
					source(image.image().url(), image.image().base64Data(), (type == null) ? "image/png" : type));
		}
		if (content instanceof PdfFileContent pdf) {
			return new Content.Document(source(pdf.pdfFile().url(), pdf.pdfFile().base64Data(), "application/pdf"),
					"document.pdf");
		}
		throw unsupported("Content of type " + content.type());
	}

	private static Content.Source source(@Nullable URI url, @Nullable String base64, String type) {
		if (url == null) {
			return new Content.Bytes(type, decode((base64 == null) ? "" : base64));
		}
		if ("data".equals(url.getScheme())) {
			String text = url.toString();
			int semicolon = Math.max(text.indexOf(';'), 0);
			return new Content.Bytes((semicolon > 5) ? text.substring(5, semicolon) : type,
					decode(text.substring(text.indexOf(',') + 1)));
		}
		if (!"http".equals(url.getScheme()) && !"https".equals(url.getScheme())) {
			throw unsupported("Links of the scheme '" + url.getScheme() + "'");
		}
		return new Content.Link(url);
	}

	private static byte[] decode(String base64) {
		try {
			return Base64.getMimeDecoder().decode(base64);
		}
		catch (IllegalArgumentException ex) {
			throw unsupported("Bytes that are not base64");
		}
	}

	private static LlmException unsupported(String what) {
		return LlmException.of(ErrorKind.UNSUPPORTED, what + " are taken by no target").build();
	}

}
