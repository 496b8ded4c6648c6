package io.arcllm.module.circuitbreaker;

import java.util.function.Function;

import io.arcllm.ErrorKind;
import io.arcllm.LlmEvent;
import io.arcllm.LlmException;
import io.arcllm.LlmProvider;
import io.arcllm.LlmRequest;
import io.arcllm.LlmResponse;
import io.arcllm.TimeoutStage;
import io.arcllm.module.BaseModule;
import io.arcllm.module.GatedCall;
import io.arcllm.module.ModuleClock;
import io.arcllm.module.Rejection;
import io.arcllm.module.Scope;
import io.arcllm.module.Scope.Abandonment;
import io.arcllm.module.circuitbreaker.Breaker.Admission;
import org.jspecify.annotations.Nullable;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;

/**
 * A gate: refuses calls to a target that is down, and reports to its breaker how the
 * others end.
 */
public final class CircuitBreakerModule extends BaseModule {

	private final Function<@Nullable String, Breaker> breakers;

	private final @Nullable Breaker endpoint;

	private final boolean tenantsHaveKeys;

	/**
	 * @param inner what this module wraps
	 * @param breaker shared by all stacks of the same target
	 */
	public CircuitBreakerModule(LlmProvider inner, Breaker breaker) {
		this(inner, (model) -> breaker, null);
	}

	/**
	 * @param inner what this module wraps
	 * @param breakers the breaker of the target with the model of a request, which may
	 * name none
	 * @param endpoint the breaker that all targets at the same host and port share, if
	 * there is one
	 */
	public CircuitBreakerModule(LlmProvider inner, Function<@Nullable String, Breaker> breakers,
			@Nullable Breaker endpoint) {
		this(inner, breakers, endpoint, false);
	}

	/**
	 * @param inner what this module wraps
	 * @param breakers the breaker of the target with the model of a request, which may
	 * name none
	 * @param endpoint the breaker that all targets at the same host and port share, if
	 * there is one
	 * @param tenantsHaveKeys whether a key may belong to the caller's tenant; its refusal
	 * then says nothing about other tenants
	 */
	public CircuitBreakerModule(LlmProvider inner, Function<@Nullable String, Breaker> breakers,
			@Nullable Breaker endpoint, boolean tenantsHaveKeys) {
		super(inner);
		this.breakers = breakers;
		this.endpoint = endpoint;
		this.tenantsHaveKeys = tenantsHaveKeys;
	}

	@Override
	public Flux<LlmEvent> exchange(LlmRequest request) {
		return GatedCall
			.flux((actual) -> new CircuitBreakerCall(actual, this.inner, request, this.breakers.apply(request.model()),
					this.endpoint, this.tenantsHaveKeys && request.metadata().tenant() != null));
	}

	/**
	 * One call at a circuit breaker.
	 */
	static final class CircuitBreakerCall extends GatedCall {

		private static final Admission NONE = new Admission(0, BreakerPauses.NONE, null);

		private final Breaker breaker;

		private final @Nullable Breaker endpoint;

		private final String model;

		private final boolean ownKey;

		private Admission atEndpoint = NONE;

		private Admission atTarget = NONE;

		private long start;

		CircuitBreakerCall(CoreSubscriber<? super LlmEvent> actual, LlmProvider inner, LlmRequest request,
				Breaker breaker, @Nullable Breaker endpoint, boolean ownKey) {
			super(actual, inner, request);
			this.ownKey = ownKey;
			this.breaker = breaker;
			this.endpoint = endpoint;
			this.model = breaker.modelOf(request.model());
		}

		@Override
		protected void enter() {
			this.atEndpoint = (this.endpoint == null) ? NONE : this.endpoint.admit("");
			if (refuses(this.atEndpoint)) {
				return;
			}
			this.atTarget = this.breaker.admit(this.model);
			if (refuses(this.atTarget)) {
				releaseEndpoint();
				return;
			}
			this.start = ModuleClock.nanos();
			if (!open()) {
				abandoned();
			}
		}

		private boolean refuses(Admission admission) {
			Rejection rejection = admission.rejection();
			if (rejection == null) {
				return false;
			}
			Scope.of(currentContext()).skipped(this.breaker.target(), rejection.kind(), rejection.reason());
			reject(new CircuitOpenException(this.breaker.target(), rejection));
			return true;
		}

		/** The first word of a probe ends the pause that it came after. */
		@Override
		public void onNext(LlmEvent event) {
			if (this.atTarget.probe() != BreakerPauses.NONE && event.isContent()) {
				this.breaker.answering(this.atTarget);
			}
			super.onNext(event);
		}

		@Override
		protected void succeeded(LlmResponse answer) {
			this.breaker.succeeded(this.atTarget, took());
			reached();
		}

		/** A failure counts on the endpoint or on the target, never on both. */
		@Override
		protected void failed(Throwable failure) {
			if (this.endpoint != null && failure instanceof LlmException known && EndpointFaults.isOne(known)) {
				this.endpoint.failed(this.atEndpoint, took(), known, "");
				this.breaker.released(this.atTarget);
			}
			else {
				if (this.ownKey && failure instanceof LlmException known
						&& known.kind().domain() == ErrorKind.Domain.KEY) {
					this.breaker.released(this.atTarget);
				}
				else {
					this.breaker.failed(this.atTarget, took(), failure, this.model);
				}
				if (failure instanceof LlmException known && known.wasSent() && !known.details().staleConnection()) {
					reached();
				}
				else {
					releaseEndpoint();
				}
			}
			if (failure instanceof LlmException known && known.details().target() != null) {
				call().targets().gated(known.details().target(), this::rejection);
			}
		}

		private @Nullable Rejection rejection() {
			Rejection rejection = (this.endpoint == null) ? null : this.endpoint.rejection();
			return (rejection != null) ? rejection : this.breaker.rejection(this.model);
		}

		private long took() {
			return ModuleClock.nanos() - this.start;
		}

		/** The host answered; the time it took concerns only the target. */
		private void reached() {
			if (this.endpoint != null) {
				this.endpoint.succeeded(this.atEndpoint, 0);
			}
		}

		private void releaseEndpoint() {
			if (this.endpoint != null) {
				this.endpoint.released(this.atEndpoint);
			}
		}

		@Override
		protected void abandoned() {
			releaseEndpoint();
			Abandonment abandonment = Scope.of(currentContext()).abandonment();
			if (abandonment != null && abandonment.isSilent()) {
				this.breaker.failed(this.atTarget, took(),
						LlmException.of(ErrorKind.TIMEOUT, this.breaker.target() + " was silent until another answered")
							.stage(TimeoutStage.FIRST_TOKEN)
							.build(),
						this.model);
			}
			else {
				this.breaker.released(this.atTarget);
			}
		}

	}

}
