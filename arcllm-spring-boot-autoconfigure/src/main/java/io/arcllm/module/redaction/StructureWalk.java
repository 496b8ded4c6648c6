package io.arcllm.module.redaction;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.UnaryOperator;

import io.arcllm.Content;
import io.arcllm.LlmRequest;
import io.arcllm.Message;
import io.arcllm.ResponseFormat;
import io.arcllm.Tool;
import io.arcllm.ToolCall;
import org.jspecify.annotations.Nullable;

/**
 * Changes the texts of requests and answers, and nothing else. What does not change stays
 * the same instance. Blocks that are signed or that only their vendor understands are not
 * changed.
 *
 * @param text changes words
 * @param json changes the string values of a JSON document
 */
record StructureWalk(UnaryOperator<String> text, UnaryOperator<String> json) {

	/** Keywords of a schema whose values are not texts. */
	private static final Set<String> STRUCTURE = Set.of("type", "format", "pattern", "required", "$ref", "$schema",
			"$id", "$anchor", "$defs");

	LlmRequest request(LlmRequest request) {
		List<Message> messages = all(request.messages(), this::message);
		List<Tool> tools = all(request.tools(), this::tool);
		List<String> stop = all(request.stop(), this.text);
		ResponseFormat format = format(request.responseFormat());
		if (messages == request.messages() && tools == request.tools() && stop == request.stop()
				&& format == request.responseFormat()) {
			return request;
		}
		return request.mutate().messages(messages).tools(tools).stop(stop).responseFormat(format).build();
	}

	Message message(Message message) {
		List<Content> content = all(message.content(), this::content);
		return (content == message.content()) ? message : new Message(message.role(), content, message.isCacheable());
	}

	Content content(Content content) {
		if (content instanceof Content.Text part) {
			String changed = this.text.apply(part.text());
			return changed.equals(part.text()) ? part : new Content.Text(changed, part.isCacheable());
		}
		if (content instanceof Content.ToolResult result) {
			List<Content> inside = all(result.content(), this::content);
			return (inside == result.content()) ? result
					: new Content.ToolResult(result.toolCallId(), inside, result.isError(), result.isCacheable());
		}
		if (content instanceof Content.Thinking thinking) {
			return thinking(thinking);
		}
		if (content instanceof ToolCall call) {
			return call(call);
		}
		return (content instanceof Content.Document document) ? document(document) : content;
	}

	private Content.Thinking thinking(Content.Thinking thinking) {
		boolean signed = thinking.signature() != null || thinking.redacted() != null;
		String changed = signed ? thinking.text() : this.text.apply(thinking.text());
		return changed.equals(thinking.text()) ? thinking
				: new Content.Thinking(changed, thinking.signature(), thinking.redacted(), thinking.provider());
	}

	@SuppressWarnings("unchecked")
	ToolCall call(ToolCall call) {
		String raw = this.json.apply(call.rawArguments());
		Map<String, @Nullable Object> parsed = call.parsedArguments();
		Map<String, @Nullable Object> arguments = (parsed == null) ? null
				: (Map<String, @Nullable Object>) value(parsed, Set.of());
		return (raw.equals(call.rawArguments()) && arguments == parsed) ? call
				: new ToolCall(call.id(), call.name(), raw, arguments, call.vendorData(), call.isCacheable());
	}

	private Content.Document document(Content.Document document) {
		String name = this.text.apply(document.name());
		Content.Source source = (document.source() instanceof Content.Bytes bytes) ? bytes(bytes) : document.source();
		return (source == document.source() && name.equals(document.name())) ? document
				: new Content.Document(source, name, document.isCacheable());
	}

	private Content.Bytes bytes(Content.Bytes bytes) {
		String type = Redactor.lowerCase(bytes.mediaType());
		boolean asJson = type.contains("json");
		if (!asJson && !type.startsWith("text/") && !type.contains("xml") && !type.contains("yaml")) {
			return bytes;
		}
		String before = new String(bytes.data(), StandardCharsets.UTF_8);
		String changed = asJson ? this.json.apply(before) : this.text.apply(before);
		return changed.equals(before) ? bytes
				: new Content.Bytes(bytes.mediaType(), changed.getBytes(StandardCharsets.UTF_8));
	}

	@SuppressWarnings("unchecked")
	private Tool tool(Tool tool) {
		String description = this.text.apply(tool.description());
		Map<String, Object> parameters = (Map<String, Object>) value(tool.parameters(), STRUCTURE);
		return (description.equals(tool.description()) && parameters == tool.parameters()) ? tool
				: new Tool(tool.name(), description, parameters, tool.strict(), tool.isCacheable());
	}

	@SuppressWarnings("unchecked")
	private @Nullable ResponseFormat format(@Nullable ResponseFormat format) {
		if (format == null || format.schema() == null) {
			return format;
		}
		Map<String, Object> schema = (Map<String, Object>) value(format.schema(), STRUCTURE);
		return (schema == format.schema()) ? format
				: new ResponseFormat(format.type(), format.name(), schema, format.strict());
	}

	/** A JSON value with its strings changed, except those under these names. */
	private Object value(Object value, Set<String> except) {
		if (value instanceof String words) {
			String changed = this.text.apply(words);
			return changed.equals(words) ? words : changed;
		}
		if (value instanceof List<?> list) {
			return all(list, (one) -> (one == null) ? null : value(one, except));
		}
		if (!(value instanceof Map<?, ?> map)) {
			return value;
		}
		Map<Object, @Nullable Object> changed = new LinkedHashMap<>();
		boolean same = true;
		for (Map.Entry<?, ?> entry : map.entrySet()) {
			Object before = entry.getValue();
			boolean words = before instanceof String || before instanceof List;
			boolean left = before == null || (words && except.contains(String.valueOf(entry.getKey())));
			Object after = left ? before : value(before, except);
			same &= after == before;
			changed.put(entry.getKey(), after);
		}
		return same ? map : changed;
	}

	/** The same list if no element changed. */
	@SuppressWarnings("unchecked")
	private static <T extends @Nullable Object> List<T> all(List<T> list, Function<? super T, ?> change) {
		List<T> changed = null;
		for (int i = 0; i < list.size(); i++) {
			T after = (T) change.apply(list.get(i));
			boolean same = after == list.get(i) || (after instanceof String && after.equals(list.get(i)));
			if (!same && changed == null) {
				changed = new ArrayList<>(list);
			}
			if (changed != null) {
				changed.set(i, after);
			}
		}
		return (changed == null) ? list : changed;
	}

}
