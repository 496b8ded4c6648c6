package io.arcllm.module.redaction;

import io.arcllm.CallerContext;
import io.arcllm.LlmEvent;
import io.arcllm.LlmException;
import io.arcllm.LlmProvider;
import io.arcllm.LlmRequest;
import io.arcllm.module.BaseModule;
import io.arcllm.module.EventStep;
import io.arcllm.module.Scope;
import reactor.core.publisher.Flux;

/**
 * A redirector: sends the redacted request, and passes on the redacted answer.
 */
public final class RedactionModule extends BaseModule {

	private final Redaction redaction;

	/**
	 * @param inner what is asked with redacted requests
	 * @param redaction what is done for each call; may be shared
	 */
	public RedactionModule(LlmProvider inner, Redaction redaction) {
		super(inner);
		this.redaction = redaction;
	}

	@Override
	public Flux<LlmEvent> exchange(LlmRequest request) {
		return EventStep.defer((context) -> {
			Scope scope = Scope.in(context);
			Redaction.OneCall call = this.redaction
				.begin((scope == null) ? RedactionListener.NONE : scope.call()::redacted);
			CallerContext caller = this.redaction.caller(scope);
			Flux<LlmEvent> answer = this.inner.exchange(caller.get(() -> call.request(request)));
			if (scope != null) {
				scope.call().redactedBy(call.shown());
			}
			AnswerRedaction redacted = call.answer();
			return (redacted == null) ? answer
					: answer.flatMapIterable((event) -> caller.get(() -> redacted.next(event)), 1)
						.onErrorMap(LlmException.class, (failure) -> caller.get(() -> redacted.failed(failure)));
		});
	}

}
