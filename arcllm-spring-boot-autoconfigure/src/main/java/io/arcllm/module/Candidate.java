package io.arcllm.module;

import io.arcllm.LlmProvider;
import io.arcllm.LlmRequest;
import io.arcllm.Target;
import org.jspecify.annotations.Nullable;

/**
 * A target that a chain may ask, with its own modules around it. Safe for use by many
 * threads.
 */
public interface Candidate {

	/**
	 * Who would be asked.
	 */
	Target target();

	/**
	 * The provider with its modules; made when it is first asked for.
	 */
	LlmProvider provider();

	/**
	 * Why this target would be passed over for this request, or {@code null}. Takes no
	 * permit and makes no provider.
	 */
	@Nullable Refusal refusal(LlmRequest request);

	/**
	 * The request with what the chain says of this target.
	 */
	default LlmRequest complete(LlmRequest hop) {
		return hop;
	}

}
