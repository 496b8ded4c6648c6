package io.arcllm.module.audit;

import java.util.concurrent.atomic.AtomicBoolean;

import io.arcllm.Attempt;
import io.arcllm.LlmEvent;
import io.arcllm.LlmException;
import io.arcllm.LlmProvider;
import io.arcllm.LlmRequest;
import io.arcllm.LlmResponse;
import io.arcllm.Target;
import io.arcllm.Trail;
import io.arcllm.module.BaseModule;
import io.arcllm.module.Call;
import io.arcllm.module.EventStep;
import io.arcllm.module.Scope;
import org.jspecify.annotations.Nullable;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;

/**
 * An observer: one record a call, whatever its end.
 */
public final class AuditModule extends BaseModule {

	private final Target target;

	private final Audit audit;

	/**
	 * @param inner what is recorded
	 * @param target the target that is asked where a request names no model
	 * @param audit keeps the records; may be shared
	 */
	public AuditModule(LlmProvider inner, Target target, Audit audit) {
		super(inner);
		this.target = target;
		this.audit = audit;
	}

	@Override
	public Flux<LlmEvent> exchange(LlmRequest request) {
		Target asked = (request.model() == null) ? this.target : new Target(this.target.provider(), request.model());
		return EventStep.defer((context) -> {
			String id = this.audit.begin(asked);
			Call call = Scope.of(context).call();
			return EventStep.around(EventStep.defer((inside) -> this.inner.exchange(request)),
					(actual) -> new AuditStep(actual, (response, how) -> this.audit.ended(id, asked, request, response,
							outcome(how, call.trail()), call.trail(), call.redaction())));
		});
	}

	private static String outcome(String how, Trail trail) {
		boolean cached = trail.attempts().stream().anyMatch((one) -> one.outcome() == Attempt.Outcome.CACHED);
		return (cached && how.equals("completed")) ? "cached" : how;
	}

	/**
	 * Takes down how a call ended.
	 */
	private interface Ending {

		void ended(@Nullable LlmResponse response, String outcome);

	}

	/**
	 * Records the end of a call once: before the caller is told of it.
	 */
	private static final class AuditStep extends EventStep {

		private final Ending ending;

		private final AtomicBoolean over = new AtomicBoolean();

		AuditStep(CoreSubscriber<? super LlmEvent> actual, Ending ending) {
			super(actual);
			this.ending = ending;
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
				end(answer, "completed");
			}
			super.onNext(event);
		}

		@Override
		public void onError(Throwable failure) {
			LlmException known = (failure instanceof LlmException ours) ? ours : null;
			end((known == null) ? null : known.partial(),
					"failed:" + ((known == null) ? "unknown" : RecordedCall.dashed(known.kind())));
			super.onError(failure);
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
