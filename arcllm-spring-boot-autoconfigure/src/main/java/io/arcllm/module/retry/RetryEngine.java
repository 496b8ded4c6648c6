package io.arcllm.module.retry;

import java.time.Duration;

import io.arcllm.LlmConfigException;
import io.arcllm.LlmException;
import io.arcllm.module.Hook;
import org.jspecify.annotations.Nullable;

import org.springframework.retry.RetryContext;
import org.springframework.retry.RetryPolicy;
import org.springframework.retry.backoff.BackOffContext;
import org.springframework.retry.backoff.BackOffInterruptedException;
import org.springframework.retry.backoff.BackOffPolicy;
import org.springframework.retry.backoff.NoBackOffPolicy;
import org.springframework.retry.backoff.SleepingBackOffPolicy;

/**
 * Asks Spring Retry's policies whether to retry and how long to wait, and does not wait
 * itself. Safe for use by many threads.
 */
public final class RetryEngine {

	private final RetryPolicy policy;

	private final BackOffPolicy backOff;

	private final RetryBudget budget;

	private final Hook hook = new Hook("A RetryPolicy or BackOffPolicy");

	private final Duration maxWaitWithOthers;

	private final ThreadLocal<Long> slept = ThreadLocal.withInitial(() -> 0L);

	public RetryEngine(RetrySettings settings, RetryBudget budget) {
		this(new LlmRetryPolicy(settings), new LlmBackOffPolicy(settings), budget, settings.maxWaitWithOthers());
	}

	/**
	 * An engine with the same longest wait whether or not another target is ready.
	 */
	public RetryEngine(RetryPolicy policy, BackOffPolicy backOff, RetryBudget budget) {
		this(policy, backOff, budget, Duration.ofNanos(Long.MAX_VALUE));
	}

	/**
	 * @param policy whether to try again
	 * @param backOff how long to wait; a sleeping policy, so that its wait can be read
	 * @param budget how many retries the process may make
	 * @param maxWaitWithOthers the longest wait while another target is ready
	 */
	public RetryEngine(RetryPolicy policy, BackOffPolicy backOff, RetryBudget budget, Duration maxWaitWithOthers) {
		this.maxWaitWithOthers = maxWaitWithOthers;
		this.policy = policy;
		this.budget = budget;
		if (backOff instanceof SleepingBackOffPolicy<?> sleeping) {
			this.backOff = sleeping.withSleeper((millis) -> this.slept.set(this.slept.get() + millis));
		}
		else if (backOff instanceof NoBackOffPolicy) {
			this.backOff = backOff;
		}
		else {
			throw new LlmConfigException("The BackOffPolicy " + backOff.getClass().getName()
					+ " would block a thread: implement SleepingBackOffPolicy, so that its waits can be waited without one");
		}
	}

	/** The longest wait while another target is ready. */
	Duration maxWaitWithOthers() {
		return this.maxWaitWithOthers;
	}

	/**
	 * A call begins.
	 */
	void called() {
		this.budget.called();
	}

	/**
	 * A call has failed for the first time.
	 */
	Retries start() {
		return this.hook.get(() -> {
			RetryContext context = this.policy.open(null);
			return new Retries(context, this.backOff.start(context));
		}, () -> new Retries(null, null));
	}

	/**
	 * The retries of one call.
	 */
	final class Retries {

		/** Absent where the policy failed: then there are none. */
		private final @Nullable RetryContext context;

		private final @Nullable BackOffContext waits;

		private boolean replacedConnection;

		private Retries(@Nullable RetryContext context, @Nullable BackOffContext waits) {
			this.context = context;
			this.waits = waits;
		}

		/**
		 * The wait before the next retry, or {@code null} for no retry.
		 */
		@Nullable Duration next(LlmException failure) {
			RetryContext context = this.context;
			return (context == null) ? null
					: RetryEngine.this.hook.<@Nullable Duration>get(() -> decide(context, failure), () -> null);
		}

		private @Nullable Duration decide(RetryContext context, LlmException failure) {
			RetryEngine engine = RetryEngine.this;
			engine.policy.registerThrowable(context, failure);
			if (!engine.policy.canRetry(context)) {
				return null;
			}
			engine.slept.set(0L);
			try {
				engine.backOff.backOff(this.waits);
				return replacesConnection(failure) ? Duration.ZERO : Duration.ofMillis(engine.slept.get());
			}
			catch (BackOffInterruptedException ex) {
				return null;
			}
			finally {
				engine.slept.remove();
			}
		}

		/**
		 * Whether a stale connection is replaced at once, which happens once in a call.
		 */
		private boolean replacesConnection(LlmException failure) {
			boolean first = failure.details().staleConnection() && !this.replacedConnection;
			this.replacedConnection |= first;
			return first;
		}

		/**
		 * Takes a retry of the process's budget.
		 */
		boolean tryRetry() {
			return RetryEngine.this.budget.tryRetry();
		}

		int count() {
			return (this.context == null) ? 0 : this.context.getRetryCount();
		}

	}

}
