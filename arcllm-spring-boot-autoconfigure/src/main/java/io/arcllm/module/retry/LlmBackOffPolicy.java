package io.arcllm.module.retry;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.DoubleSupplier;
import java.util.stream.Stream;

import io.arcllm.LlmException;
import org.jspecify.annotations.Nullable;

import org.springframework.retry.RetryContext;
import org.springframework.retry.backoff.BackOffContext;
import org.springframework.retry.backoff.BackOffInterruptedException;
import org.springframework.retry.backoff.Sleeper;
import org.springframework.retry.backoff.SleepingBackOffPolicy;
import org.springframework.retry.backoff.ThreadWaitSleeper;

/**
 * Decides how long to wait: the time that the vendor names plus up to 10 %, else the time
 * of the strategy. If a whole chain failed, until the first of its targets is ready.
 */
public class LlmBackOffPolicy implements SleepingBackOffPolicy<LlmBackOffPolicy> {

	private static final double JITTER_ON_TOP = 0.1;

	private final RetrySettings settings;

	private final LlmRetryPolicy policy;

	private final DoubleSupplier random;

	private final Sleeper sleeper;

	public LlmBackOffPolicy(RetrySettings settings) {
		this(settings, () -> ThreadLocalRandom.current().nextDouble());
	}

	/**
	 * @param settings how to wait
	 * @param random from 0 to 1, for jitter
	 */
	public LlmBackOffPolicy(RetrySettings settings, DoubleSupplier random) {
		this(settings, random, new ThreadWaitSleeper());
	}

	/**
	 * @param settings how to wait
	 * @param random from 0 to 1
	 * @param sleeper waits
	 */
	LlmBackOffPolicy(RetrySettings settings, DoubleSupplier random, Sleeper sleeper) {
		this.settings = settings;
		this.policy = new LlmRetryPolicy(settings);
		this.random = random;
		this.sleeper = sleeper;
	}

	@Override
	public LlmBackOffPolicy withSleeper(Sleeper sleeper) {
		return new LlmBackOffPolicy(this.settings, this.random, sleeper);
	}

	@Override
	public BackOffContext start(RetryContext context) {
		return new GrowingWait(context);
	}

	@Override
	public void backOff(BackOffContext context) throws BackOffInterruptedException {
		GrowingWait waits = (GrowingWait) context;
		Throwable last = waits.retry.getLastThrowable();
		Duration wait = wait(waits.count++, (last instanceof LlmException failure) ? failure : null);
		try {
			this.sleeper.sleep(wait.plusNanos(999_999).toMillis());
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new BackOffInterruptedException("Interrupted while waiting to ask again", ex);
		}
	}

	private Duration wait(int count, @Nullable LlmException failure) {
		Duration own = ownWait(count);
		if (failure == null || !this.settings.respectRetryAfter()) {
			return own;
		}
		List<LlmException> worthAsking = Stream.concat(Stream.of(failure), failure.others().stream())
			.filter(this.policy::isWorthAsking)
			.toList();
		Duration named = failure.retryAfter();
		if (worthAsking.isEmpty() && named != null && named.compareTo(this.settings.maxWait()) > 0) {
			throw new BackOffInterruptedException("The vendor asks for a wait longer than max-wait: " + named);
		}
		Optional<Duration> asked = worthAsking.stream()
			.map((one) -> one.details().retryAfter())
			.flatMap(Stream::ofNullable)
			.min(Comparator.naturalOrder())
			.map((wait) -> scale(wait, 1 + JITTER_ON_TOP * this.random.getAsDouble()));
		boolean oneNamesNoWait = worthAsking.stream().anyMatch((one) -> one.details().retryAfter() == null);
		return asked.filter((wait) -> !oneNamesNoWait || wait.compareTo(own) < 0).orElse(own);
	}

	private Duration ownWait(int count) {
		double base = this.settings.backoffBase().toMillis();
		double wait = switch (this.settings.strategy()) {
			case EXPONENTIAL -> base * Math.pow(this.settings.multiplier(), count);
			case LINEAR -> base * (count + 1);
			case FIXED -> base;
		};
		double spread = this.settings.jitter() ? wait * this.random.getAsDouble() : 0;
		return Duration.ofMillis((long) Math.min(wait + spread, this.settings.maxWait().toMillis()));
	}

	private static Duration scale(Duration wait, double factor) {
		return Duration.ofNanos((long) Math.ceil(wait.toNanos() * factor));
	}

	private static final class GrowingWait implements BackOffContext {

		private final transient RetryContext retry;

		private int count;

		GrowingWait(RetryContext retry) {
			this.retry = retry;
		}

	}

}
