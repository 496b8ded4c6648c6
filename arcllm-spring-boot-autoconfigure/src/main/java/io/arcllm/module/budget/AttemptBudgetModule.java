package io.arcllm.module.budget;

import io.arcllm.Attempt;
import io.arcllm.Cost;
import io.arcllm.LlmEvent;
import io.arcllm.LlmProvider;
import io.arcllm.LlmRequest;
import io.arcllm.LlmResponse;
import io.arcllm.Target;
import io.arcllm.WireListener;
import io.arcllm.module.BaseModule;
import io.arcllm.module.ForwardingListener;
import io.arcllm.module.GatedCall;
import io.arcllm.module.budget.BudgetModule.ReservedCall;
import org.jspecify.annotations.Nullable;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.util.context.Context;

/**
 * A gate around a single attempt: reserves its expected cost in the limits of its
 * provider and model, and replaces that by its real cost.
 */
public final class AttemptBudgetModule extends BaseModule {

	private final Budget budget;

	private final Target target;

	/**
	 * @param inner the attempt
	 * @param budget decides
	 * @param target the target that is asked
	 */
	public AttemptBudgetModule(LlmProvider inner, Budget budget, Target target) {
		super(inner);
		this.budget = budget;
		this.target = target;
	}

	@Override
	public Flux<LlmEvent> exchange(LlmRequest request) {
		return GatedCall.flux((actual) -> new BudgetedAttempt(actual, this.inner, request, this.budget,
				BudgetModule.asked(this.target, request)));
	}

	/**
	 * The provider alone: it is a part of the budget.
	 */
	@Override
	public String toString() {
		return this.inner.toString();
	}

	/**
	 * One attempt, which is notified of its own cost.
	 */
	static final class BudgetedAttempt extends ReservedCall implements ForwardingListener {

		private final Context context;

		private final @Nullable WireListener outer;

		private volatile long spent;

		BudgetedAttempt(CoreSubscriber<? super LlmEvent> actual, LlmProvider inner, LlmRequest request, Budget budget,
				Target target) {
			super(actual, inner, request, budget, target);
			this.outer = WireListener.of(actual.currentContext());
			this.context = actual.currentContext().put(WireListener.class, this);
		}

		@Override
		public Context currentContext() {
			return this.context;
		}

		@Override
		public @Nullable WireListener outer() {
			return this.outer;
		}

		@Override
		protected void enter() {
			if (this.budget.rejectsUnknown(this.target)) {
				turnAway(Budget.unknown(this.target));
				return;
			}
			reserve(this.budget.accounts(true, this.target, this.request), this.budget.need(this.target, this.request));
		}

		@Override
		long spent() {
			return this.spent;
		}

		@Override
		protected void succeeded(LlmResponse answer) {
			this.budget.learn(this.target, answer.usage());
			super.succeeded(answer);
		}

		@Override
		public void ended(Attempt attempt) {
			Cost cost = attempt.cost();
			this.spent = (cost == null) ? 0 : Micros.ceil(cost.amount());
			ForwardingListener.super.ended(attempt);
		}

	}

}
