package io.arcllm.module.keys;

import java.util.function.BiPredicate;
import java.util.function.Predicate;

import io.arcllm.Attempt;
import io.arcllm.LlmEvent;
import io.arcllm.LlmException;
import io.arcllm.LlmProvider;
import io.arcllm.LlmRequest;
import io.arcllm.module.BaseModule;
import io.arcllm.module.Call;
import io.arcllm.module.EventStep;
import io.arcllm.module.Scope;
import reactor.core.publisher.Flux;

/**
 * A redirector: asks the same target again at once when its key was refused and there is
 * another key. Each try is an attempt of the call.
 */
public final class KeyRotationModule extends BaseModule {

	private final BiPredicate<LlmRequest, LlmException> another;

	/**
	 * @param inner the provider that is asked again
	 * @param another whether there is another key that was not refused in this way
	 */
	public KeyRotationModule(LlmProvider inner, Predicate<LlmException> another) {
		this(inner, (request, failure) -> another.test(failure));
	}

	/**
	 * @param inner the provider that is asked again
	 * @param another whether there is another key for this request that was not refused
	 * in this way
	 */
	public KeyRotationModule(LlmProvider inner, BiPredicate<LlmRequest, LlmException> another) {
		super(inner);
		this.another = another;
	}

	@Override
	public Flux<LlmEvent> exchange(LlmRequest request) {
		return this.inner.exchange(request).onErrorResume(LlmException.class, (refusal) -> again(request, refusal));
	}

	private Flux<LlmEvent> again(LlmRequest request, LlmException refusal) {
		return EventStep
			.defer((context) -> mayAsk(request, refusal, Call.of(context)) ? exchange(request) : Flux.error(refusal))
			.contextWrite((context) -> Scope.of(context).because(Attempt.Cause.OTHER_KEY).into(context));
	}

	private boolean mayAsk(LlmRequest request, LlmException refusal, Call call) {
		return refusal.kind().asksAnotherKey() && this.another.test(request, refusal) && call.hasAttemptsLeft()
				&& !call.remaining().isNegative();
	}

	/**
	 * The stack inside alone: which key is used is not shown.
	 */
	@Override
	public String toString() {
		return this.inner.toString();
	}

}
