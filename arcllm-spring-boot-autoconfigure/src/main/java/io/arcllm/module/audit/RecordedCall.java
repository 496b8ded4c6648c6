package io.arcllm.module.audit;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

import io.arcllm.Attempt;
import io.arcllm.AuditRecord;
import io.arcllm.Content;
import io.arcllm.Cost;
import io.arcllm.LlmRequest;
import io.arcllm.LlmResponse;
import io.arcllm.Message;
import io.arcllm.RequestMetadata;
import io.arcllm.Target;
import io.arcllm.Tool;
import io.arcllm.ToolCall;
import io.arcllm.Trail;
import io.arcllm.Usage;
import org.jspecify.annotations.Nullable;

/**
 * A call that has ended, in the queue. It is redacted, hashed and written later, on the
 * writing thread.
 *
 * @param n its number
 * @param time when it ended
 * @param call its id
 * @param asked the target that was asked for
 * @param request the request
 * @param response the answer, or what was delivered of it, if anything was
 * @param outcome how it ended
 * @param trail its attempts
 * @param shown how content is made for the record
 */
record RecordedCall(long n, Instant time, String call, Target asked, LlmRequest request, @Nullable LlmResponse response,
		String outcome, Trail trail, Audit.Shown shown) {

	private static final HexFormat HEX = HexFormat.of();

	/** The record, after the line before it. */
	AuditRecord record(AuditSettings settings, @Nullable String previous) {
		RequestMetadata metadata = this.request.metadata();
		boolean answered = this.outcome.equals("completed") || this.outcome.equals("cached");
		Target target = (this.response == null || !answered) ? null : this.response.target();
		Cost cost = cost();
		Map<String, @Nullable Object> line = new LinkedHashMap<>();
		line.put("n", this.n);
		line.put("time", this.time);
		line.put("call", this.call);
		line.put("tenant", metadata.tenant());
		line.put("session", metadata.session());
		line.put("labels", metadata.labels());
		line.put("asked", this.asked);
		line.put("answered", target);
		line.put("attempts", this.trail.attempts().stream().map(RecordedCall::attempt).toList());
		line.put("outcome", this.outcome);
		line.put("stop", (this.response == null) ? null : dashed(this.response.stopReason().type()));
		line.put("tokens", tokens(usage()));
		line.put("cost", cost(cost));
		line.put("system", system());
		line.put("tools", tools(settings));
		line.put("sizes", sizes());
		line.put("previous", previous);
		if (settings.includeMessages()) {
			line.put("messages", this.request.messages().stream().map((one) -> message(one, settings)).toList());
		}
		if (settings.includeResponse()) {
			line.put("response", (this.response == null) ? null : content(this.response.content(), settings));
		}
		return new AuditRecord(this.n, this.time, this.call, metadata.tenant(), metadata.session(), metadata.labels(),
				this.asked, target, this.outcome, usage(), cost, JsonLine.of(line));
	}

	private Usage usage() {
		Usage told = (this.response == null) ? Usage.UNKNOWN : this.response.usage();
		return told.equals(Usage.UNKNOWN)
				? this.trail.attempts().stream().map(Attempt::usage).reduce(Usage.UNKNOWN, Usage::plus) : told;
	}

	private @Nullable Cost cost() {
		Cost all = this.trail.cost();
		return (all != null || this.response == null) ? all : this.response.cost();
	}

	private static Map<String, @Nullable Object> attempt(Attempt attempt) {
		Map<String, @Nullable Object> fields = new LinkedHashMap<>();
		fields.put("target", attempt.target());
		fields.put("outcome", dashed(attempt.outcome()));
		fields.put("cause", dashed(attempt.cause()));
		fields.put("status", attempt.status());
		fields.put("tokens", tokens(attempt.usage()));
		fields.put("cost", cost(attempt.cost()));
		return fields;
	}

	private static Map<String, @Nullable Object> tokens(Usage usage) {
		Map<String, @Nullable Object> fields = new LinkedHashMap<>();
		fields.put("input", usage.inputTokens());
		fields.put("output", usage.outputTokens());
		fields.put("cacheRead", usage.cacheReadTokens());
		fields.put("cacheWrite", usage.cacheWriteTokens());
		fields.put("reasoning", usage.reasoningTokens());
		return fields;
	}

	private static @Nullable Map<String, Object> cost(@Nullable Cost cost) {
		if (cost == null) {
			return null;
		}
		Map<String, Object> fields = new LinkedHashMap<>();
		fields.put("amount", cost.amount());
		fields.put("currency", cost.currency());
		return fields;
	}

	static String dashed(Enum<?> constant) {
		return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
	}

	/**
	 * The hash of the system text as it was sent, with its parts joined by line feeds.
	 */
	private @Nullable String system() {
		List<String> parts = this.request.messages()
			.stream()
			.filter((message) -> message.role() == Message.Role.SYSTEM)
			.flatMap((message) -> message.content().stream())
			.filter(Content.Text.class::isInstance)
			.map((part) -> ((Content.Text) part).text())
			.toList();
		return parts.isEmpty() ? null : sha256(String.join("\n", parts));
	}

	private @Nullable Map<String, Object> tools(AuditSettings settings) {
		List<Tool> tools = this.request.tools();
		if (tools.isEmpty()) {
			return null;
		}
		List<Map<String, Object>> definitions = tools.stream().map(RecordedCall::definition).toList();
		Map<String, Object> fields = new LinkedHashMap<>();
		if (settings.includeTools() != AuditSettings.IncludeTools.NONE) {
			fields.put("names", tools.stream().map(Tool::name).toList());
		}
		fields.put("sha256", sha256(JsonLine.canonical(definitions)));
		if (settings.includeTools() == AuditSettings.IncludeTools.ALL) {
			fields.put("definitions", shown(definitions, settings));
		}
		return fields;
	}

	private static Map<String, Object> definition(Tool tool) {
		Map<String, Object> fields = new LinkedHashMap<>();
		fields.put("name", tool.name());
		fields.put("description", tool.description());
		fields.put("parameters", tool.parameters());
		if (tool.strict() != null) {
			fields.put("strict", tool.strict());
		}
		return fields;
	}

	/** The sizes of all words, in UTF-8 bytes. */
	private Map<String, Object> sizes() {
		long asked = this.request.messages().stream().mapToLong((message) -> size(message.content())).sum();
		Map<String, Object> fields = new LinkedHashMap<>();
		fields.put("request", asked);
		fields.put("response", (this.response == null) ? 0L : size(this.response.content()));
		return fields;
	}

	private static long size(List<Content> content) {
		long size = 0;
		for (Content part : content) {
			if (part instanceof Content.Text text) {
				size += bytes(text.text());
			}
			else if (part instanceof Content.Thinking thinking) {
				size += bytes(thinking.text());
			}
			else if (part instanceof ToolCall call) {
				size += bytes(call.rawArguments());
			}
			else if (part instanceof Content.ToolResult result) {
				size += size(result.content());
			}
		}
		return size;
	}

	private static int bytes(String text) {
		return text.getBytes(StandardCharsets.UTF_8).length;
	}

	private Map<String, Object> message(Message message, AuditSettings settings) {
		Map<String, Object> fields = new LinkedHashMap<>();
		fields.put("role", dashed(message.role()));
		fields.put("content", content(message.content(), settings));
		return fields;
	}

	private List<Map<String, @Nullable Object>> content(List<Content> content, AuditSettings settings) {
		return content.stream().map((part) -> part(part, settings)).toList();
	}

	/** Without bytes, signatures and blocks that only a vendor understands. */
	private Map<String, @Nullable Object> part(Content part, AuditSettings settings) {
		Map<String, @Nullable Object> fields = new LinkedHashMap<>();
		fields.put("type", part.type());
		if (part instanceof Content.Text text) {
			fields.put("text", shown(text.text(), settings));
		}
		else if (part instanceof Content.Thinking thinking) {
			fields.put("text", shown(thinking.text(), settings));
		}
		else if (part instanceof Content.Document document) {
			fields.put("name", shown(document.name(), settings));
		}
		else if (part instanceof ToolCall call) {
			fields.put("id", call.id());
			fields.put("name", call.name());
			Map<String, @Nullable Object> parsed = call.parsedArguments();
			fields.put("arguments", shown((parsed == null) ? call.rawArguments() : parsed, settings));
		}
		else if (part instanceof Content.ToolResult result) {
			fields.put("id", result.toolCallId());
			fields.put("error", result.isError());
			fields.put("content", content(result.content(), settings));
		}
		return fields;
	}

	private @Nullable Object shown(@Nullable Object value, AuditSettings settings) {
		if (value instanceof String text) {
			String redacted = redacted(text);
			return (redacted == null) ? null : JsonLine.cut(redacted, (int) settings.maxContent().toBytes());
		}
		if (value instanceof List<?> list) {
			return list.stream().map((one) -> shown(one, settings)).collect(Collectors.toList());
		}
		if (!(value instanceof Map<?, ?> map)) {
			return value;
		}
		Map<String, @Nullable Object> shown = new LinkedHashMap<>();
		map.forEach((name, one) -> shown.put(String.valueOf(name), shown(one, settings)));
		return shown;
	}

	/** If redaction fails, the record is made without the text. */
	private @Nullable String redacted(String text) {
		try {
			return this.shown.redaction().apply(text);
		}
		catch (RuntimeException ex) {
			return null;
		}
	}

	static String sha256(String text) {
		try {
			return HEX.formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException("Every Java has SHA-256", ex);
		}
	}

}
