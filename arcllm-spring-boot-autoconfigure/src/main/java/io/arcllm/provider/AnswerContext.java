package io.arcllm.provider;

import io.arcllm.LlmException;
import io.arcllm.Target;
import org.jspecify.annotations.Nullable;

/**
 * What a decoder must know of the exchange it is part of.
 *
 * @param target who was asked
 * @param requestId the vendor's id for the request, from the answer's headers
 * @param errors judges errors that come inside a successful answer
 */
public record AnswerContext(Target target, @Nullable String requestId, InBandErrors errors) {

	/**
	 * Judges errors that come inside a successful answer.
	 */
	@FunctionalInterface
	public interface InBandErrors {

		/**
		 * The error that these bytes say.
		 */
		LlmException read(byte[] bytes, int offset, int length);

	}

}
