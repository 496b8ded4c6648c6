package io.arcllm.module.bulkhead;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntSupplier;

import com.netflix.concurrency.limits.Limit;
import com.netflix.concurrency.limits.limit.AIMDLimit;
import com.netflix.concurrency.limits.limit.VegasLimit;
import com.netflix.concurrency.limits.limit.WindowedLimit;
import io.arcllm.module.ModuleClock;

/**
 * Finds how many calls a target can take, with Netflix' concurrency-limits. By refusals:
 * one more call after each answer while most places are taken, a tenth less after a
 * refusal, and for a while after that one more call for as many answers as there are
 * places. By latency: fewer calls while answers take much longer than they did with fewer
 * calls. The smaller number applies. Safe for use by many threads.
 */
public final class FoundLimit implements ConcurrencyLimit {

	/** More connections than any application has to one vendor. */
	private static final int UNBOUNDED = 10_000;

	private static final double KEPT_AFTER_A_REFUSAL = 0.9;

	/** Answers have very different lengths, so only means of several are compared. */
	private static final int ANSWERS_A_WINDOW = 10;

	private static final int SHORTEST_WINDOW = 100;

	/** After how many windows the shortest time is measured again. */
	private static final int WINDOWS_REMEMBERED = 300;

	/**
	 * For how long growth is slow after a refusal: this many times as many answers as
	 * places.
	 */
	private static final int CAREFUL = 10;

	/** The smallest change in the number of calls that is significant. */
	private static final int FEW = 6;

	private static final int NO_REFUSAL = CAREFUL * UNBOUNDED + 1;

	private final Limit byRefusals;

	private final Limit byTime;

	private final IntSupplier most;

	private final long created = ModuleClock.nanos();

	/** Since the last refusal. */
	private final AtomicInteger answers = new AtomicInteger(NO_REFUSAL);

	/** When a refusal last had an effect. */
	private final AtomicLong heeded = new AtomicLong(-1);

	/**
	 * @param initial the first number
	 * @param most the largest number, read each time
	 */
	public FoundLimit(int initial, IntSupplier most) {
		this.most = most;
		int first = Math.max(1, Math.min(initial, most.getAsInt()));
		this.byRefusals = AIMDLimit.newBuilder()
			.initialLimit(first)
			.minLimit(1)
			.maxLimit(UNBOUNDED)
			.backoffRatio(KEPT_AFTER_A_REFUSAL)
			.timeout(1, TimeUnit.DAYS)
			.build();
		// Answers may take twice as long as with one call, and not three times
		VegasLimit vegas = VegasLimit.newBuilder()
			.initialLimit(first)
			.maxConcurrency(UNBOUNDED)
			.probeMultiplier(WINDOWS_REMEMBERED)
			.alphaFunction((limit) -> Math.max(FEW / 2, limit / 2))
			.betaFunction((limit) -> Math.max(FEW, limit * 2 / 3))
			.decreaseFunction((limit) -> limit * KEPT_AFTER_A_REFUSAL)
			.build();
		this.byTime = WindowedLimit.newBuilder()
			.windowSize(ANSWERS_A_WINDOW)
			.minWindowTime(SHORTEST_WINDOW, TimeUnit.MILLISECONDS)
			.build(vegas);
	}

	@Override
	public int calls() {
		int found = Math.min(this.byRefusals.getLimit(), this.byTime.getLimit());
		return Math.max(1, Math.min(found, this.most.getAsInt()));
	}

	@Override
	public void ended(long nanos, int running, boolean overloaded) {
		long took = Math.max(1, nanos);
		long began = Math.max(0, ModuleClock.nanos() - this.created - took);
		if (!overloaded) {
			if (mayGrow()) {
				this.byRefusals.onSample(began, took, running, false);
			}
			this.byTime.onSample(began, took, running, false);
		}
		else if (isNews(began)) {
			this.answers.set(0);
			this.byRefusals.onSample(began, took, running, true);
		}
	}

	private boolean mayGrow() {
		int calls = this.byRefusals.getLimit();
		int answers = this.answers.updateAndGet((count) -> Math.min(count + 1, NO_REFUSAL));
		return answers > CAREFUL * calls || answers % calls == 0;
	}

	/**
	 * Calls that were under way together and are refused together count as one refusal.
	 */
	private boolean isNews(long began) {
		long before = this.heeded.get();
		return began >= before && this.heeded.compareAndSet(before, ModuleClock.nanos() - this.created);
	}

}
