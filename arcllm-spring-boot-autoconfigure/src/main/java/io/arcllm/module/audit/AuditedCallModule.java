package io.arcllm.module.audit;

import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;

import io.arcllm.Attempt;
import io.arcllm.CallerContext;
import io.arcllm.ErrorKind;
import io.arcllm.LlmEvent;
import io.arcllm.LlmException;
import io.arcllm.LlmProvider;
import io.arcllm.LlmRequest;
import io.arcllm.LlmResponse;
import io.arcllm.Target;
import io.arcllm.Trail;
import io.arcllm.module.BaseModule;
import io.arcllm.module.Call;
import io.arcllm.module.CallModule;
import io.arcllm.module.EventStep;
import io.arcllm.module.Scope;
import org.jspecify.annotations.Nullable;
import reactor.core.CoreSubscriber;
import reactor.core.Exceptions;
import reactor.core.publisher.Flux;
import reactor.util.context.Context;

/**
 * An observer outside all other modules: one record for each call, however it ended and
 * whichever module ended it. If a call did not reach the place of audit in the stack, no
 * content is recorded, because redaction may not have seen it.
 */
public final class AuditedCallModule extends BaseModule implements CallModule.RejectionListener {

	private final Target target;

	private final Audit audit;

	/**
	 * @param inner the whole stack
	 * @param target the target of requests without a model
	 * @param audit stores the records; may be shared
	 */
	public AuditedCallModule(LlmProvider inner, Target target, Audit audit) {
		super(inner);
		this.target = target;
		this.audit = audit;
	}

	@Override
	public Flux<LlmEvent> exchange(LlmRequest request) {
		return EventStep.defer((context) -> {
			Target asked = asked(request);
			String id = this.audit.begin(asked);
			Call call = Scope.of(context).call();
			AuditNote note = new AuditNote();
			return EventStep.around(EventStep.defer((inside) -> this.inner.exchange(request)),
					(actual) -> new AuditStep(actual, note, (response, how) -> {
						LlmRequest seen = note.request();
						this.audit.ended(id, asked, (seen == null) ? withoutContent(request) : seen, response,
								outcome(how, call.trail()), call.trail(),
								new Audit.Shown(call.redaction(), call.caller()));
					}));
		});
	}

	@Override
	public void rejected(LlmRequest request, RuntimeException failure, CallerContext caller) {
		Target asked = asked(request);
		try {
			this.audit.ended(this.audit.begin(asked), asked, withoutContent(request), null, AuditStep.failed(failure),
					Trail.EMPTY, new Audit.Shown(UnaryOperator.identity(), caller));
		}
		catch (LlmException unavailable) {
			// nothing is sent, and the queue has no place for a record
		}
	}

	private Target asked(LlmRequest request) {
		return (request.model() == null) ? this.target : new Target(this.target.provider(), request.model());
	}

	private static LlmRequest withoutContent(LlmRequest request) {
		return LlmRequest.of(List.of()).mutate().metadata(request.metadata()).build();
	}

	private static String outcome(String how, Trail trail) {
		boolean cached = trail.attempts().stream().anyMatch((one) -> one.outcome() == Attempt.Outcome.CACHED);
		return (cached && how.equals("completed")) ? "cached" : how;
	}

	/**
	 * The stack alone.
	 */
	@Override
	public String toString() {
		return this.inner.toString();
	}

	/**
	 * Notes how a call ended.
	 */
	private interface Ending {

		void ended(@Nullable LlmResponse response, String outcome);

	}

	/**
	 * Records the end of a call once: before the caller is notified.
	 */
	private static final class AuditStep extends EventStep {

		private final Context context;

		private final AuditNote note;

		private final Ending ending;

		private final AtomicBoolean over = new AtomicBoolean();

		AuditStep(CoreSubscriber<? super LlmEvent> actual, AuditNote note, Ending ending) {
			super(actual);
			this.context = note.into(actual.currentContext());
			this.note = note;
			this.ending = ending;
		}

		@Override
		public Context currentContext() {
			return this.context;
		}

		private void end(@Nullable LlmResponse response, String outcome) {
			if (this.over.compareAndSet(false, true)) {
				this.ending.ended(response, outcome);
			}
		}

		@Override
		public void onNext(LlmEvent event) {
			LlmResponse answer = event.answer();
			if (answer != null) {
				LlmResponse seen = this.note.answer();
				end((seen == null) ? answer : seen, "completed");
			}
			super.onNext(event);
		}

		/** An answer that an outer module refused is not recorded. */
		@Override
		public void onError(Throwable failure) {
			LlmResponse partial = (this.note.answer() == null) ? this.note.partial() : null;
			end((partial == null && failure instanceof LlmException known) ? known.partial() : partial,
					failed(failure));
			super.onError(failure);
		}

		/**
		 * An exception that a module of the application throws is a fault of the program.
		 */
		static String failed(Throwable failure) {
			ErrorKind kind = (Exceptions.unwrap(failure) instanceof LlmException known) ? known.kind()
					: ErrorKind.INVALID_REQUEST;
			return "failed:" + RecordedCall.dashed(kind);
		}

		@Override
		public void onComplete() {
			end(null, "failed:interrupted");
			super.onComplete();
		}

		@Override
		public void cancel() {
			super.cancel();
			end(null, "cancelled");
		}

	}

}
