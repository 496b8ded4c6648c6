package io.arcllm.module.retry;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import io.arcllm.Attempt;
import io.arcllm.ErrorKind;
import io.arcllm.LlmEvent;
import io.arcllm.LlmException;
import io.arcllm.LlmProvider;
import io.arcllm.LlmRequest;
import io.arcllm.Target;
import io.arcllm.module.BaseModule;
import io.arcllm.module.Call;
import io.arcllm.module.EventStep;
import io.arcllm.module.Rejection;
import io.arcllm.module.Scope;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * A redirector: makes a failed request again after a wait, if nothing was delivered.
 * Spring Retry's policies decide, and Reactor waits.
 */
public final class RetryModule extends BaseModule {

	private static final Log logger = LogFactory.getLog(RetryModule.class);

	private final RetryEngine engine;

	/**
	 * @param inner the provider that is asked again
	 * @param engine decides; may be shared
	 */
	public RetryModule(LlmProvider inner, RetryEngine engine) {
		super(inner);
		this.engine = engine;
	}

	@Override
	public Flux<LlmEvent> exchange(LlmRequest request) {
		return each(request);
	}

	@Override
	protected void subscribe(LlmRequest request, CoreSubscriber<? super LlmEvent> actual) {
		this.engine.called();
		ask(this.inner, request, new RetryStep(actual, this, request));
	}

	private Flux<LlmEvent> again(LlmRequest request, LlmException failure, RetryEngine.Retries retries) {
		return EventStep.defer((context) -> {
			Scope scope = Scope.of(context);
			Duration wait = wait(failure, retries, scope);
			if (wait == null) {
				return Flux.error(failure);
			}
			LlmException rejected = rejectedAfter(wait, failure, scope);
			if (rejected != null) {
				return Flux.error(failure.withSuppressed(rejected));
			}
			if (!retries.tryRetry()) {
				return Flux.error(failure);
			}
			scope.call()
				.caller()
				.run(() -> logger.info(failure.getMessage() + "; asking again in " + wait.toMillis() + " ms (retry "
						+ retries.count() + ")"));
			scope.call().waited(wait);
			return Mono.delay(wait)
				.takeUntilOther(scope.call().closing())
				.thenMany(scope.call()
					.caller()
					.subscribing(Flux
						.defer(() -> scope.call().isClosed() ? Flux.error(failure) : this.inner.exchange(request))))
				.contextWrite((inner) -> Scope.of(inner).because(Attempt.Cause.RETRY).into(inner))
				.onErrorResume(LlmException.class, (next) -> again(request, failure, next, retries));
		});
	}

	/**
	 * Asks again. If a breaker opened during the wait, the caller gets the vendor's own
	 * error.
	 */
	private Flux<LlmEvent> again(LlmRequest request, LlmException before, LlmException failure,
			RetryEngine.Retries retries) {
		boolean opened = failure.kind() == ErrorKind.CIRCUIT_OPEN && before.kind() != ErrorKind.CIRCUIT_OPEN;
		return opened ? Flux.error(before.withSuppressed(failure)) : again(request, failure, retries);
	}

	private @Nullable Duration wait(LlmException failure, RetryEngine.Retries retries, Scope scope) {
		Call call = scope.call();
		if (failure.hasDelivered() || !call.hasAttemptsLeft()
				|| (failure.isSilence() && scope.isAnotherReady(failure))) {
			return null;
		}
		Duration wait = retries.next(failure);
		if (wait == null || wait.compareTo(call.remaining()) >= 0) {
			return null;
		}
		boolean tooLong = wait.compareTo(this.engine.maxWaitWithOthers()) > 0 && scope.isAnotherReady(failure);
		return tooLong ? null : wait;
	}

	/**
	 * The first rejection, if the breakers of all targets that may be asked again will
	 * still reject after that wait; else {@code null}.
	 */
	private static @Nullable LlmException rejectedAfter(Duration wait, LlmException failure, Scope scope) {
		List<LlmException> worthAsking = Stream.concat(Stream.of(failure), failure.others().stream())
			.filter((one) -> one.isRetryable() && one.kind() != ErrorKind.THROTTLED)
			.toList();
		Map<Target, Rejection> rejections = new LinkedHashMap<>();
		for (LlmException one : worthAsking) {
			Target target = one.details().target();
			Rejection rejection = scope.call().targets().rejectionAfter(target, wait);
			if (rejection == null || target == null) {
				return null;
			}
			rejections.put(target, rejection);
		}
		rejections.forEach((target, rejection) -> scope.skipped(target, rejection.kind(), rejection.reason()));
		return rejections.entrySet()
			.stream()
			.map((entry) -> rejected(entry.getKey(), entry.getValue()))
			.findFirst()
			.orElse(null);
	}

	private static LlmException rejected(Target target, Rejection rejection) {
		return LlmException.of(rejection.kind(), target + " was not asked again: " + rejection.reason())
			.target(target)
			.retryAfter(rejection.retryAfter())
			.build();
	}

	/**
	 * One call, which is made again if it fails.
	 */
	private static final class RetryStep extends EventStep.Resuming {

		private final RetryModule module;

		private final LlmRequest request;

		RetryStep(CoreSubscriber<? super LlmEvent> actual, RetryModule module, LlmRequest request) {
			super(actual);
			this.module = module;
			this.request = request;
		}

		@Override
		protected Flux<LlmEvent> resume(LlmException failure) {
			return this.module.again(this.request, failure, this.module.engine.start());
		}

	}

}
