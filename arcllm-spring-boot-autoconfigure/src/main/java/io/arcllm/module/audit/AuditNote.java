package io.arcllm.module.audit;

import io.arcllm.LlmRequest;
import io.arcllm.LlmResponse;
import org.jspecify.annotations.Nullable;
import reactor.util.context.Context;
import reactor.util.context.ContextView;

/**
 * What was asked and answered at the place of audit in the stack of one call: what stands
 * further out may not have looked at it yet, or may have put back what was taken out.
 * Lives in the Reactor context. Safe for use by many threads.
 */
final class AuditNote {

	private volatile @Nullable LlmRequest request;

	private volatile @Nullable LlmResponse answer;

	private volatile @Nullable LlmResponse partial;

	/** That of this call, if it is recorded further out. */
	static @Nullable AuditNote in(ContextView context) {
		return context.getOrDefault(AuditNote.class, null);
	}

	Context into(Context context) {
		return context.put(AuditNote.class, this);
	}

	void asked(LlmRequest request) {
		this.request = request;
	}

	void answered(LlmResponse answer) {
		this.answer = answer;
	}

	void failed(@Nullable LlmResponse partial) {
		this.partial = partial;
	}

	/** What was asked; {@code null} where the call did not come so far. */
	@Nullable LlmRequest request() {
		return this.request;
	}

	@Nullable LlmResponse answer() {
		return this.answer;
	}

	/** What was delivered of an answer that failed. */
	@Nullable LlmResponse partial() {
		return this.partial;
	}

}
