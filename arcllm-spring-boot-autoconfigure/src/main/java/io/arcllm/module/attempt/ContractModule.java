package io.arcllm.module.attempt;

import java.util.function.Function;

import io.arcllm.CallerContext;
import io.arcllm.ErrorKind;
import io.arcllm.LlmEvent;
import io.arcllm.LlmException;
import io.arcllm.LlmProvider;
import io.arcllm.LlmRequest;
import io.arcllm.Target;
import io.arcllm.module.BaseModule;
import io.arcllm.module.Call;
import io.arcllm.module.Pricing;
import io.arcllm.module.Scope;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Operators;

/**
 * An observer and guard, innermost in every stack. Whatever the inner provider does,
 * every failure is an {@link LlmException}, a failure after content was passed on is an
 * interruption that carries what was delivered, and a flux that ends without
 * {@link LlmEvent.Completed} is an interruption. Each subscription is one attempt of the
 * call: it is recorded in the trail, and the time limits and the call's deadline apply to
 * it.
 */
public final class ContractModule extends BaseModule {

	private final Target target;

	private final SharedTimer timer = new SharedTimer();

	private final Pricing prices;

	private final Function<Throwable, String> words;

	/**
	 * For a provider without prices.
	 */
	public ContractModule(LlmProvider inner, Target target) {
		this(inner, target, Pricing.NONE);
	}

	/**
	 * Around a provider whose exceptions may be told as they are.
	 */
	public ContractModule(LlmProvider inner, Target target, Pricing prices) {
		this(inner, target, prices, String::valueOf);
	}

	/**
	 * @param inner an adapter, or a provider of the application
	 * @param target its name, and the model of requests that name none
	 * @param prices the prices of attempts
	 * @param words describes exceptions of other code for messages
	 */
	public ContractModule(LlmProvider inner, Target target, Pricing prices, Function<Throwable, String> words) {
		super(inner);
		this.target = target;
		this.prices = prices;
		this.words = words;
	}

	SharedTimer timer() {
		return this.timer;
	}

	/** The failure of an attempt, also if the exception itself cannot be read. */
	LlmException failure(Throwable failure, Target asked) {
		try {
			return Failures.of(failure, asked, this.words);
		}
		catch (RuntimeException ex) {
			return LlmException
				.of(ErrorKind.INVALID_REQUEST,
						"Provider '" + asked.provider() + "' threw a " + failure.getClass().getName()
								+ " that cannot be read")
				.target(asked)
				.cause(failure)
				.build();
		}
	}

	@Override
	public String name() {
		return this.target.provider();
	}

	@Override
	public Flux<LlmEvent> exchange(LlmRequest request) {
		return each(request);
	}

	@Override
	protected void subscribe(LlmRequest request, CoreSubscriber<? super LlmEvent> actual) {
		String model = request.model();
		Target asked = (model == null || model.equals(this.target.model())) ? this.target
				: new Target(this.target.provider(), model);
		LlmRequest written = (model == null) ? request.withModel(asked.model()) : request;
		Scope scope = Scope.of(actual.currentContext());
		Call call = scope.call();
		long elapsed = call.elapsedNanos();
		if (call.remainingNanos(elapsed) <= 0) {
			Operators.error(actual, call.overdue(asked));
		}
		else if (!call.tryAttempt(asked)) {
			Operators.error(actual, call.exhausted(asked));
		}
		else {
			AttemptCost cost = (this.prices == Pricing.NONE) ? AttemptCost.UNPRICED
					: new AttemptCost(this.prices, asked, written);
			attempt(written, call.caller(),
					new AttemptGuard(actual, scope, asked, written.streaming(), elapsed, cost, this));
		}
	}

	private void attempt(LlmRequest request, CallerContext caller, AttemptGuard guard) {
		guard.sending();
		CallerContext.Restored restored = caller.restore(guard.currentContext());
		try {
			ask(this.inner, request, guard);
		}
		catch (Throwable ex) {
			guard.failedToSubscribe(ex);
		}
		finally {
			restored.close();
		}
	}

	/**
	 * The provider alone, because the contract is always there and not shown.
	 */
	@Override
	public String toString() {
		return this.target.provider();
	}

}
