package io.arcllm.provider.error;

import io.arcllm.Target;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;

/**
 * An error as it came over the wire, before it is classified.
 *
 * @param target the target that sent it
 * @param status the HTTP status; 200 for errors inside a successful answer, unless the
 * error names another
 * @param code the vendor's code, such as {@code context_length_exceeded}
 * @param type the vendor's type, such as {@code invalid_request_error}
 * @param param the part of the request that the vendor names, such as {@code temperature}
 * @param message the vendor's words
 * @param headers the headers of the answer
 * @param body the body as it came
 */
public record WireError(Target target, int status, @Nullable String code, @Nullable String type, @Nullable String param,
		String message, HttpHeaders headers, String body) {

	/** An error that names no part of the request. */
	public WireError(Target target, int status, @Nullable String code, @Nullable String type, String message,
			HttpHeaders headers, String body) {
		this(target, status, code, type, null, message, headers, body);
	}

}
