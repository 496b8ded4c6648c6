package io.arcllm.module;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;

import org.jspecify.annotations.Nullable;

/**
 * Whether a store on the network can be reached. While it cannot, one call a second tries
 * it, and the others do not wait for it. Uses the machine's clock, as the store does.
 * Safe for use by many threads.
 */
public final class Reachability {

	private static final long PROBE_EVERY = Duration.ofSeconds(1).toNanos();

	/** When it is tried again, in nanoseconds; absent while it can be reached. */
	private final AtomicReference<@Nullable Long> nextProbe = new AtomicReference<>();

	/** Whether this call may use the store. */
	public boolean mayAsk() {
		Long next = this.nextProbe.get();
		long now = System.nanoTime();
		return next == null || (next - now <= 0 && this.nextProbe.compareAndSet(next, now + PROBE_EVERY));
	}

	/**
	 * The store did not answer.
	 * @return whether it could be reached until now
	 */
	public boolean lost() {
		return this.nextProbe.getAndSet(System.nanoTime() + PROBE_EVERY) == null;
	}

	/**
	 * The store answered.
	 * @return whether it could not be reached until now
	 */
	public boolean found() {
		return this.nextProbe.get() != null && this.nextProbe.getAndSet(null) != null;
	}

	public boolean isAway() {
		return this.nextProbe.get() != null;
	}

}
