package io.arcllm.module.attempt;

import java.util.concurrent.atomic.AtomicLong;

import io.arcllm.LlmEvent;
import io.arcllm.module.Call;
import io.arcllm.module.AttemptLimits.MinRate;

/**
 * Watches the rate of a stream: counts its tokens in windows, from the first content on.
 * <p>
 * Invariants: {@code tokens} is written by the provider's thread alone and only grows; a
 * window is begun and judged by the alarm's thread alone, after {@link #content} began
 * the first one. Time without demand is not part of a window: it begins with
 * {@link #dry}, ends with {@link #asked}, and these alternate, because nothing comes
 * without demand.
 */
final class RateWatch extends SharedTimer.Alarm {

	private static final long NOT_DRY = -1;

	private final Call call;

	private final MinRate rate;

	private final AttemptGuard guard;

	private final AtomicLong excused = new AtomicLong();

	private volatile long tokens;

	private volatile long dryFrom = NOT_DRY;

	private long windowBegan;

	private long tokensBefore;

	/**
	 * @param guard looks at the rate when the alarm rings
	 */
	RateWatch(AttemptGuard guard, Call call, MinRate rate, SharedTimer timer) {
		super(timer);
		this.guard = guard;
		this.call = call;
		this.rate = rate;
	}

	@Override
	void ring() {
		this.guard.checkRate();
	}

	void content(LlmEvent event) {
		boolean first = this.tokens == 0;
		this.tokens += CommitPoint.tokens(event);
		if (first) {
			this.windowBegan = this.call.elapsedNanos();
			this.excused.set(0);
			ringIn(this.rate.window().toNanos());
		}
	}

	/** There is no demand from now on. */
	void dry() {
		this.dryFrom = this.call.elapsedNanos();
	}

	/** There is demand again. */
	void asked() {
		long from = this.dryFrom;
		if (from != NOT_DRY) {
			this.dryFrom = NOT_DRY;
			this.excused.addAndGet(this.call.elapsedNanos() - from);
		}
	}

	/**
	 * Called by the alarm: whether the window that has ended had too few tokens. If not,
	 * the next one begins.
	 */
	boolean isTooSlow() {
		long now = this.call.elapsedNanos();
		long from = this.dryFrom;
		long dry = this.excused.get() + ((from == NOT_DRY) ? 0 : now - from);
		long left = this.rate.window().toNanos() - (now - this.windowBegan - dry);
		if (left > 0) {
			ringIn(left);
			return false;
		}
		if (this.tokens - this.tokensBefore < this.rate.tokens()) {
			return true;
		}
		this.windowBegan = now;
		this.tokensBefore = this.tokens;
		this.excused.set(0);
		ringIn(this.rate.window().toNanos());
		return false;
	}

	/** Looks again a little later, because an event is being passed on just now. */
	void later() {
		ringIn(1_000_000);
	}

	private void ringIn(long wait) {
		set(this.call.moment(this.call.elapsedNanos() + wait));
	}

	MinRate rate() {
		return this.rate;
	}

}
