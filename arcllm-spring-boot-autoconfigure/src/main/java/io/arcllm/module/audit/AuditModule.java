package io.arcllm.module.audit;

import io.arcllm.LlmEvent;
import io.arcllm.LlmException;
import io.arcllm.LlmProvider;
import io.arcllm.LlmRequest;
import io.arcllm.LlmResponse;
import io.arcllm.Target;
import io.arcllm.module.BaseModule;
import io.arcllm.module.EventStep;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;

/**
 * An observer: notes the request and the answer at its place in the stack. The record
 * itself is made by {@link AuditedCallModule}, outside all modules; without one, this
 * module adds one.
 */
public final class AuditModule extends BaseModule {

	private final AuditedCallModule alone;

	/**
	 * @param inner what is recorded
	 * @param target the target of requests without a model
	 * @param audit stores the records; may be shared
	 */
	public AuditModule(LlmProvider inner, Target target, Audit audit) {
		super(inner);
		this.alone = new AuditedCallModule(this, target, audit);
	}

	@Override
	public Flux<LlmEvent> exchange(LlmRequest request) {
		return EventStep.defer((context) -> {
			AuditNote note = AuditNote.in(context);
			if (note == null) {
				return this.alone.exchange(request);
			}
			note.asked(request);
			return EventStep.around(this.inner.exchange(request), (actual) -> new NotingStep(actual, note));
		});
	}

	/**
	 * Notes the answer, or what was delivered of it.
	 */
	private static final class NotingStep extends EventStep {

		private final AuditNote note;

		NotingStep(CoreSubscriber<? super LlmEvent> actual, AuditNote note) {
			super(actual);
			this.note = note;
		}

		@Override
		public void onNext(LlmEvent event) {
			LlmResponse answer = event.answer();
			if (answer != null) {
				this.note.answered(answer);
			}
			super.onNext(event);
		}

		@Override
		public void onError(Throwable failure) {
			LlmResponse partial = (failure instanceof LlmException known) ? known.partial() : null;
			this.note.failed(partial);
			super.onError(failure);
		}

	}

}
