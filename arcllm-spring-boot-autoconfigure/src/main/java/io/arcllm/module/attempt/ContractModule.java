package io.arcllm.module.attempt;

import java.util.Objects;

import io.arcllm.CallerContext;
import io.arcllm.LlmEvent;
import io.arcllm.LlmProvider;
import io.arcllm.LlmRequest;
import io.arcllm.Target;
import io.arcllm.WireListener;
import io.arcllm.module.BaseModule;
import io.arcllm.module.Call;
import io.arcllm.module.Pricing;
import io.arcllm.module.Scope;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Operators;

/**
 * An observer and guard at the heart of every stack. Whatever the provider inside does,
 * every failure is an {@link io.arcllm.LlmException}, a failure after content was passed
 * on is an interruption that carries what was delivered, and a flux that ends without
 * {@link LlmEvent.Completed} is an interruption. Each subscription is one attempt of the
 * call: it is noted in the trail, and kept to the limits and to the call's deadline.
 */
public final class ContractModule extends BaseModule {

	private final Target target;

	private final SharedTimer alarms = new SharedTimer();

	private final Pricing prices;

	/**
	 * Around a provider of which no price is known.
	 */
	public ContractModule(LlmProvider inner, Target target) {
		this(inner, target, Pricing.NONE);
	}

	/**
	 * @param inner an adapter, or a provider of the application's own
	 * @param target its name, and the model where the request names none
	 * @param prices what attempts cost
	 */
	public ContractModule(LlmProvider inner, Target target, Pricing prices) {
		super(inner);
		this.target = target;
		this.prices = prices;
	}

	@Override
	public String name() {
		return this.target.provider();
	}

	@Override
	public Flux<LlmEvent> exchange(LlmRequest request) {
		String model = request.model();
		if (model == null) {
			return new GuardedFlux(this.inner, request.withModel(this.target.model()), this.target, this.alarms,
					this.prices);
		}
		return new GuardedFlux(this.inner, request,
				model.equals(this.target.model()) ? this.target : new Target(this.target.provider(), model),
				this.alarms, this.prices);
	}

	/**
	 * The provider alone: the contract holds always, so it is not part of what is
	 * written.
	 */
	@Override
	public String toString() {
		return this.target.provider();
	}

	/**
	 * One attempt, made anew for each subscription.
	 */
	private static final class GuardedFlux extends Flux<LlmEvent> {

		private final LlmProvider inner;

		private final LlmRequest request;

		private final Target target;

		private final SharedTimer alarms;

		private final Pricing prices;

		GuardedFlux(LlmProvider inner, LlmRequest request, Target target, SharedTimer alarms, Pricing prices) {
			this.inner = inner;
			this.request = request;
			this.target = target;
			this.alarms = alarms;
			this.prices = prices;
		}

		@Override
		public void subscribe(CoreSubscriber<? super LlmEvent> actual) {
			Scope scope = Scope.of(actual.currentContext());
			Call call = scope.call();
			AttemptGuard guard = new AttemptGuard(actual, scope, this.target, this.request.streaming(), this.alarms,
					new AttemptCost(this.prices, this.target, this.request));
			if (call.remainingNanos(guard.startedAfter()) <= 0) {
				Operators.error(actual, call.overdue(this.target));
				return;
			}
			if (!call.tryAttempt(this.target)) {
				Operators.error(actual, call.exhausted(this.target));
				return;
			}
			WireListener listener = WireListener.of(actual.currentContext());
			if (listener != null) {
				listener.sending();
			}
			CallerContext.Restored restored = call.caller().restore(guard.currentContext());
			try {
				Objects.requireNonNull(this.inner.exchange(this.request), "exchange returned null").subscribe(guard);
			}
			catch (Throwable ex) {
				guard.failedToSubscribe(ex);
			}
			finally {
				restored.close();
			}
		}

	}

}
