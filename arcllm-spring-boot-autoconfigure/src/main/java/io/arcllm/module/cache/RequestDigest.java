package io.arcllm.module.cache;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;

import io.arcllm.Content;
import io.arcllm.LlmRequest;
import io.arcllm.Message;
import io.arcllm.ResponseFormat;
import io.arcllm.Tool;
import io.arcllm.ToolCall;
import io.arcllm.ToolChoice;
import org.jspecify.annotations.Nullable;

/**
 * The key of a call: a hash of everything that changes its answer, and of its tenant.
 * Each value has its length or a mark before it, so that different lists of values never
 * give the same bytes. Marks for a vendor's cache, session, labels, deadline, priority
 * and streaming change no answer and are left out.
 */
final class RequestDigest {

	private static final HexFormat HEX = HexFormat.of();

	private final MessageDigest digest;

	private RequestDigest() {
		try {
			this.digest = MessageDigest.getInstance("SHA-256");
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * The key of a request.
	 * @param route the targets of the request
	 */
	static String of(String route, LlmRequest request) {
		RequestDigest digest = new RequestDigest();
		digest.text(route);
		digest.text(request.metadata().tenant());
		digest.text(request.model());
		digest.number(request.messages().size());
		request.messages().forEach(digest::message);
		digest.number(request.tools().size());
		request.tools().forEach(digest::tool);
		digest.parameters(request);
		return HEX.formatHex(digest.digest.digest());
	}

	private void parameters(LlmRequest request) {
		ToolChoice choice = request.toolChoice();
		text((choice == null) ? null : choice.mode().name());
		text((choice == null) ? null : choice.tool());
		value(request.maxTokens());
		value(request.temperature());
		value(request.topP());
		value(request.stop());
		ResponseFormat format = request.responseFormat();
		text((format == null) ? null : format.type().name());
		text((format == null) ? null : format.name());
		value((format == null) ? null : format.strict());
		value((format == null) ? null : format.schema());
		text((request.reasoningEffort() == null) ? null : request.reasoningEffort().name());
		value(request.options());
	}

	private void message(Message message) {
		text(message.role().name());
		content(message.content());
	}

	private void content(Collection<Content> content) {
		number(content.size());
		content.forEach(this::part);
	}

	private void part(Content part) {
		text(part.getClass().getSimpleName());
		if (part instanceof Content.Text text) {
			text(text.text());
		}
		else if (part instanceof Content.Thinking thinking) {
			text(thinking.text());
			text(thinking.signature());
			text(thinking.redacted());
			text(thinking.provider());
		}
		else if (part instanceof ToolCall call) {
			text(call.id());
			text(call.name());
			text(call.rawArguments());
			value(call.parsedArguments());
			text((call.vendorData() == null) ? null : call.vendorData().json());
		}
		else if (part instanceof Content.ToolResult result) {
			text(result.toolCallId());
			number(result.isError() ? 1 : 0);
			content(result.content());
		}
		else {
			attached(part);
		}
	}

	private void attached(Content part) {
		if (part instanceof Content.Image image) {
			source(image.source());
		}
		else if (part instanceof Content.Document document) {
			text(document.name());
			source(document.source());
		}
		else if (part instanceof Content.Opaque opaque) {
			text(opaque.provider());
			text(opaque.json());
		}
	}

	private void source(Content.Source source) {
		if (source instanceof Content.Bytes bytes) {
			text(bytes.mediaType());
			bytes(bytes.data());
		}
		else {
			text(source.toString());
		}
	}

	private void tool(Tool tool) {
		text(tool.name());
		text(tool.description());
		value(tool.parameters());
		value(tool.strict());
	}

	/** Independent of the order of keys. */
	private void value(@Nullable Object value) {
		if (value instanceof Map<?, ?> map) {
			Map<String, @Nullable Object> sorted = new TreeMap<>();
			map.forEach((key, one) -> sorted.put(String.valueOf(key), one));
			this.digest.update((byte) 'm');
			number(sorted.size());
			sorted.forEach((key, one) -> {
				text(key);
				value(one);
			});
		}
		else if (value instanceof Collection<?> list) {
			this.digest.update((byte) 'l');
			number(list.size());
			list.forEach(this::value);
		}
		else {
			text((value == null) ? null : value.getClass().getSimpleName());
			text((value == null) ? null : value.toString());
		}
	}

	private void text(@Nullable String text) {
		if (text == null) {
			number(-1);
			return;
		}
		bytes(text.getBytes(StandardCharsets.UTF_8));
	}

	private void bytes(byte[] bytes) {
		number(bytes.length);
		this.digest.update(bytes);
	}

	private void number(int number) {
		this.digest.update((byte) (number >>> 24));
		this.digest.update((byte) (number >>> 16));
		this.digest.update((byte) (number >>> 8));
		this.digest.update((byte) number);
	}

}
