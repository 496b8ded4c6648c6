package io.arcllm.sample.gateway;

import org.jspecify.annotations.Nullable;

/**
 * A request that the gateway cannot take, before any target is asked.
 */
class InvalidChatException extends RuntimeException {

	private final int status;

	private final @Nullable String code;

	private final @Nullable String param;

	/**
	 * @param param the field that is wrong, such as {@code messages[0].role}
	 */
	InvalidChatException(String message, @Nullable String param) {
		this(400, message, null, param);
	}

	InvalidChatException(int status, String message, @Nullable String code, @Nullable String param) {
		super(message, null, false, false);
		this.status = status;
		this.code = code;
		this.param = param;
	}

	int status() {
		return this.status;
	}

	@Nullable String code() {
		return this.code;
	}

	@Nullable String param() {
		return this.param;
	}

}
