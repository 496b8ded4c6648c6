package io.arcllm.sample.gateway;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

import io.arcllm.ErrorKind;
import io.arcllm.LlmException;
import io.arcllm.RefusedParameter;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

import org.springframework.core.io.buffer.DataBufferLimitException;

/**
 * Writes failures in OpenAI's format, so that its SDKs throw the matching exception.
 */
final class GatewayErrors {

	private static final Log logger = LogFactory.getLog(GatewayErrors.class);

	/** A host and its port, such as {@code inner/10.0.0.7:8080}. */
	private static final Pattern ADDRESS = Pattern.compile("[\\w./\\[\\]-]++:\\d{1,5}\\b");

	private GatewayErrors() {
	}

	static GatewayError of(Throwable failure) {
		if (failure instanceof LlmException llm) {
			return new GatewayError(llm.kind().httpStatus(), headers(llm),
					body(message(llm), type(llm.kind()), code(llm.kind()), param(llm)));
		}
		if (failure instanceof InvalidChatException invalid) {
			return new GatewayError(invalid.status(), Map.of(), body(String.valueOf(invalid.getMessage()),
					"invalid_request_error", invalid.code(), invalid.param()));
		}
		if (failure instanceof DataBufferLimitException) {
			return new GatewayError(413, Map.of(),
					body("The request is too large.", "invalid_request_error", "request_too_large", null));
		}
		logger.error("A chat completion failed unexpectedly", failure);
		return new GatewayError(500, Map.of(), body("Internal error.", "server_error", "internal_error", null));
	}

	/**
	 * Where a connection failed, the address of an inner host is not for callers outside.
	 */
	private static String message(LlmException failure) {
		return ADDRESS.matcher(String.valueOf(failure.getMessage())).replaceAll("the vendor's address");
	}

	/** The field of this format that the refused part of the request is. */
	private static @Nullable String param(LlmException failure) {
		RefusedParameter refused = failure.refusedParameter();
		return (refused == null) ? null : switch (refused.name()) {
			case "schema" -> "response_format";
			case "forced-tool" -> "tool_choice";
			case "streaming" -> "stream";
			case "penalties" -> "frequency_penalty";
			case "images", "documents", "role", "prefix" -> "messages";
			default -> refused.name().replace('-', '_');
		};
	}

	private static Map<String, String> headers(LlmException failure) {
		Map<String, String> headers = new LinkedHashMap<>();
		Duration wait = failure.retryAfter();
		if (wait != null) {
			headers.put("retry-after", String.valueOf(wait.plusNanos(999_999_999).toSeconds()));
			headers.put("retry-after-ms", String.valueOf(wait.toMillis()));
		}
		if (failure.kind() == ErrorKind.QUOTA_EXHAUSTED) {
			headers.put("x-should-retry", "false");
		}
		String provider = failure.provider();
		if (provider != null) {
			headers.put("x-arcllm-provider", provider);
		}
		return headers;
	}

	private static String type(ErrorKind kind) {
		return switch (kind) {
			case RATE_LIMITED, THROTTLED -> "rate_limit_error";
			case QUOTA_EXHAUSTED, BUDGET_EXCEEDED -> "insufficient_quota";
			case AUTHENTICATION -> "authentication_error";
			case PERMISSION -> "permission_error";
			case MODEL_NOT_FOUND, CONTEXT_WINDOW, CONTENT_POLICY, UNSUPPORTED, INVALID_REQUEST ->
				"invalid_request_error";
			default -> "server_error";
		};
	}

	private static String code(ErrorKind kind) {
		return switch (kind) {
			case RATE_LIMITED -> "rate_limit_exceeded";
			case QUOTA_EXHAUSTED, BUDGET_EXCEEDED -> "insufficient_quota";
			case AUTHENTICATION -> "invalid_api_key";
			case CONTEXT_WINDOW -> "context_length_exceeded";
			case CONTENT_POLICY -> "content_filter";
			case UNSUPPORTED -> "unsupported_parameter";
			default -> kind.name().toLowerCase(Locale.ROOT);
		};
	}

	private static byte[] body(String message, String type, @Nullable String code, @Nullable String param) {
		ObjectNode body = Fields.MAPPER.createObjectNode();
		body.putObject("error").put("message", message).put("type", type).put("param", param).put("code", code);
		return Fields.MAPPER.writeValueAsBytes(body);
	}

}
