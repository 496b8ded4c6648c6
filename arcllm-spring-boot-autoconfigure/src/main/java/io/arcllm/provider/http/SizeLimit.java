package io.arcllm.provider.http;

import io.arcllm.ErrorKind;
import io.arcllm.LlmException;
import io.arcllm.Target;

/**
 * The limit of one answer in memory.
 *
 * @param bytes the most bytes
 * @param target the target that answers
 */
record SizeLimit(int bytes, Target target) {

	/**
	 * The error of an answer that is longer.
	 */
	LlmException exceeded() {
		return LlmException
			.of(ErrorKind.PROTOCOL,
					this.target + " sent more than the " + this.bytes + " bytes of http.max-response-size")
			.target(this.target)
			.build();
	}

}
