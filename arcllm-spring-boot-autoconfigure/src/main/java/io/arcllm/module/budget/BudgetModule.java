package io.arcllm.module.budget;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;

import io.arcllm.Attempt;
import io.arcllm.Cost;
import io.arcllm.LlmEvent;
import io.arcllm.LlmException;
import io.arcllm.LlmProvider;
import io.arcllm.LlmRequest;
import io.arcllm.LlmResponse;
import io.arcllm.Target;
import io.arcllm.module.BaseModule;
import io.arcllm.module.Call;
import io.arcllm.module.EventStep;
import io.arcllm.module.GatedCall;
import io.arcllm.module.Scope;
import io.arcllm.module.budget.Budget.Held;
import io.arcllm.module.budget.BudgetStore.Answer;
import org.jspecify.annotations.Nullable;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Schedulers;

/**
 * A gate: reserves the expected cost of a whole call in the limits that apply to it. When
 * the call ends, in any way, the cost of all its attempts replaces the reservation.
 */
public final class BudgetModule extends BaseModule {

	private final Budget budget;

	private final Target target;

	/**
	 * @param inner what this module wraps
	 * @param budget decides
	 * @param target the primary target
	 */
	public BudgetModule(LlmProvider inner, Budget budget, Target target) {
		super(inner);
		this.budget = budget;
		this.target = target;
	}

	/**
	 * A call inside another call is counted by the outer one.
	 */
	@Override
	public Flux<LlmEvent> exchange(LlmRequest request) {
		return EventStep.defer((context) -> {
			Call call = Call.of(context);
			return call.cost().tryBegin() ? GatedCall.flux((actual) -> new BudgetedCall(actual, this.inner, request,
					this.budget, BudgetModule.asked(this.target, request), call)) : this.inner.exchange(request);
		});
	}

	/** The target with the model that comes with the request. */
	static Target asked(Target target, LlmRequest request) {
		String model = request.model();
		return (model == null || model.equals(target.model())) ? target : new Target(target.provider(), model);
	}

	/**
	 * One call or attempt at the limits that apply to it. Invariant: what was reserved is
	 * settled exactly once, by {@link #settle}, before the caller is notified of the end.
	 */
	abstract static class ReservedCall extends GatedCall {

		final Budget budget;

		final Target target;

		final LlmRequest request;

		private volatile @Nullable Held held;

		private boolean settled;

		ReservedCall(CoreSubscriber<? super LlmEvent> actual, LlmProvider inner, LlmRequest request, Budget budget,
				Target target) {
			super(actual, inner, request);
			this.budget = budget;
			this.target = target;
			this.request = request;
		}

		/** The real cost, in millionths. */
		abstract long spent();

		/** Reserves money, and then opens the gate. */
		final void reserve(List<BudgetAccount> accounts, long need) {
			if (accounts.isEmpty()) {
				begin();
				return;
			}
			Duration remaining = call().remaining();
			Duration most = (remaining.compareTo(Duration.ofDays(1)) > 0) ? Duration.ofDays(1)
					: remaining.plusMinutes(1);
			Held held = this.budget.reserve(accounts, need, most);
			CompletableFuture<Answer> answer = held.answer();
			if (answer.isDone()) {
				answered(held, answer.isCompletedExceptionally() ? null : answer.join());
			}
			else {
				// not on the store's thread: it must not wait for this call to be sent
				answer.whenComplete((one, failure) -> Schedulers.boundedElastic()
					.schedule(() -> call().caller().run(() -> answered(held, (failure == null) ? one : null))));
			}
		}

		private void answered(Held held, @Nullable Answer answer) {
			if (answer == null) {
				turnAway(this.budget.unchecked(this.target, held.reservation().accounts()));
			}
			else if (answer.refusedBy() != null) {
				turnAway(this.budget.rejection(this.target, answer));
			}
			else {
				this.held = held;
				begin();
			}
		}

		private void begin() {
			if (!open()) {
				settle(0);
				ended();
			}
		}

		final void turnAway(BudgetExceededException rejection) {
			Scope.of(currentContext()).skipped(this.target, rejection.kind(), rejection.reason());
			ended();
			reject(rejection);
		}

		/** It has ended: nothing was sent, or everything is settled. */
		void ended() {
		}

		@Override
		protected void succeeded(LlmResponse answer) {
			settle(spent());
			ended();
		}

		@Override
		protected void failed(Throwable failure) {
			settle(spent());
			ended();
		}

		@Override
		protected void abandoned() {
			settle(spent());
			ended();
		}

		private void settle(long micros) {
			Held held;
			synchronized (this) {
				held = this.settled ? null : this.held;
				this.settled = true;
			}
			if (held != null) {
				this.budget.settle(held.reservation(), micros, call().caller());
			}
		}

	}

	/**
	 * One whole call.
	 */
	static final class BudgetedCall extends ReservedCall {

		private final Call call;

		private final int attemptsBefore;

		private long need;

		BudgetedCall(CoreSubscriber<? super LlmEvent> actual, LlmProvider inner, LlmRequest request, Budget budget,
				Target target, Call call) {
			super(actual, inner, request, budget, target);
			this.call = call;
			this.attemptsBefore = call.trail().attempts().size();
		}

		@Override
		protected void enter() {
			if (this.budget.rejectsUnknown(this.target)) {
				turnAway(Budget.unknown(this.target));
				return;
			}
			this.need = this.budget.need(this.target, this.request);
			if (this.budget.settings().maxPerCall() != null) {
				this.call.cost().limit(this::mayCostMore);
			}
			reserve(this.budget.accounts(false, this.target, this.request), this.need);
		}

		/**
		 * Whether another attempt stays within {@code max-per-call}: not checked for the
		 * first one, nor while nothing was spent.
		 */
		private boolean mayCostMore(List<Attempt> ended, int running) {
			long most = Micros.floor(Objects.requireNonNull(this.budget.settings().maxPerCall()));
			long spent = spent(ended) + running * this.need;
			return spent == 0 || spent + this.need <= most;
		}

		@Override
		long spent() {
			return spent(this.call.trail().attempts());
		}

		private long spent(List<Attempt> attempts) {
			BigDecimal sum = BigDecimal.ZERO;
			for (int i = Math.min(this.attemptsBefore, attempts.size()); i < attempts.size(); i++) {
				Cost cost = attempts.get(i).cost();
				sum = (cost == null) ? sum : sum.add(cost.amount());
			}
			return Micros.ceil(sum);
		}

		@Override
		void ended() {
			this.call.cost().end();
		}

		@Override
		protected void withdrawn() {
			ended();
		}

		/**
		 * The vendor's own error is thrown, with the reason why nothing more was tried
		 * among its suppressed errors.
		 */
		@Override
		public void onError(Throwable failure) {
			super.onError((failure instanceof LlmException known && this.call.cost().hasStopped())
					? known.withSuppressed(this.budget.enough(this.target, spent())) : failure);
		}

	}

}
