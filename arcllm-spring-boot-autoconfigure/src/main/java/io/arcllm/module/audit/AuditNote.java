package io.arcllm.module.audit;

import io.arcllm.LlmRequest;
import io.arcllm.LlmResponse;
import org.jspecify.annotations.Nullable;
import reactor.util.context.Context;
import reactor.util.context.ContextView;

/**
 * The request and the answer of one call at the place of audit in the stack. Outer
 * modules may not have redacted the request yet, or may have restored values in the
 * answer. It is part of the Reactor context. Safe for use by many threads.
 */
final class AuditNote {

	private volatile @Nullable LlmRequest request;

	private volatile @Nullable LlmResponse answer;

	private volatile @Nullable LlmResponse partial;

	/** The note of this call, if an outer module records it. */
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

	/** The request; {@code null} if the call did not reach this place. */
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
