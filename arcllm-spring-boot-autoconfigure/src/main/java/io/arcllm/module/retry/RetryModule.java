package io.arcllm.module.retry;

import java.time.Duration;

import io.arcllm.Attempt;
import io.arcllm.ErrorKind;
import io.arcllm.LlmEvent;
import io.arcllm.LlmException;
import io.arcllm.LlmProvider;
import io.arcllm.LlmRequest;
import io.arcllm.module.BaseModule;
import io.arcllm.module.EventStep;
import io.arcllm.module.Call;
import io.arcllm.module.ChainPass;
import io.arcllm.module.Scope;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.context.ContextView;

/**
 * A redirector: asks the same again after a wait, as long as nothing was delivered.
 * Spring Retry's policies decide, Reactor waits.
 */
public final class RetryModule extends BaseModule {

	private static final Log logger = LogFactory.getLog(RetryModule.class);

	private final RetryEngine engine;

	/**
	 * @param inner what to ask again
	 * @param engine decides; may be shared
	 */
	public RetryModule(LlmProvider inner, RetryEngine engine) {
		super(inner);
		this.engine = engine;
	}

	@Override
	public Flux<LlmEvent> exchange(LlmRequest request) {
		return EventStep.defer((context) -> {
			this.engine.called();
			return this.inner.exchange(request)
				.onErrorResume(LlmException.class, (failure) -> again(request, failure, this.engine.start()));
		});
	}

	private Flux<LlmEvent> again(LlmRequest request, LlmException failure, RetryEngine.Retries retries) {
		return EventStep.defer((context) -> {
			Duration wait = wait(failure, retries, context);
			if (wait == null) {
				return Flux.error(failure);
			}
			logger.info(failure.getMessage() + "; asking again in " + wait.toMillis() + " ms (retry " + retries.count()
					+ ")");
			Call.of(context).waited(wait);
			return Mono.delay(wait)
				.thenMany(this.inner.exchange(request))
				.contextWrite((next) -> Scope.of(next).because(Attempt.Cause.RETRY).into(next))
				.onErrorResume(LlmException.class, (next) -> again(request, next, retries));
		});
	}

	private static @Nullable Duration wait(LlmException failure, RetryEngine.Retries retries, ContextView context) {
		Scope scope = Scope.of(context);
		Call call = scope.call();
		boolean delivered = failure.kind() == ErrorKind.INTERRUPTED && !failure.isRetryable();
		if (delivered || !call.hasAttemptsLeft() || (ChainPass.isSilence(failure) && scope.othersLeft())) {
			return null;
		}
		Duration wait = retries.next(failure);
		return (wait != null && wait.compareTo(call.remaining()) < 0 && retries.tryRetry()) ? wait : null;
	}

}
