package io.arcllm.test;

import java.lang.management.ManagementFactory;
import java.lang.management.OperatingSystemMXBean;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;

import org.jspecify.annotations.Nullable;

/**
 * Waits for the end of calls. Movable time passes only where nothing happens by itself
 * any more, and then up to what is to happen next, so that a slow machine makes no vendor
 * slow.
 */
final class SurvivalWait {

	/** How long a call may take before it counts as hung. */
	private static final Duration LONGEST = Duration.ofMinutes(15);

	private static final Duration STEP = Duration.ofSeconds(1);

	/** Over the due time, but not up to what is due after it. */
	private static final Duration A_MOMENT = Duration.ofMillis(1);

	private static final long LOOK_MILLIS = 10;

	/** So many looks without a change are quiet. */
	private static final int QUIET_LOOKS = 6;

	private static final int MOST_LOAD_FACTOR = 5;

	/** A look that took longer says that the machine is busy. */
	private static final long LONG_LOOK_MILLIS = 30;

	/** From so many looks on it is passed on anyway: something else never rests. */
	private static final int MOST_LOOKS = 300;

	private final FakeVendors vendors;

	private final @Nullable ArcllmTime time;

	/**
	 * @param time {@code null} where time cannot be moved
	 */
	SurvivalWait(FakeVendors vendors, @Nullable ArcllmTime time) {
		this.vendors = vendors;
		this.time = time;
	}

	/** Lets that much time pass, where it can be moved. */
	void pass(Duration duration) {
		if (this.time != null) {
			this.time.advance(duration);
		}
	}

	/**
	 * Waits until the call has ended or counts as hung.
	 * @param heard how much has come of the answer
	 * @return why it failed, if it did
	 */
	@Nullable Throwable until(CompletableFuture<?> call, LongSupplier heard) {
		Duration passed = Duration.ZERO;
		while (passed.compareTo(LONGEST) < 0) {
			try {
				passed = passed.plus((this.time == null) ? realStep(call) : quietStep(call, this.time, heard));
				if (call.isDone()) {
					call.get();
					return null;
				}
			}
			catch (ExecutionException ex) {
				return ex.getCause();
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
				throw new IllegalStateException("Interrupted while waiting for the answer", ex);
			}
		}
		return null;
	}

	private static Duration realStep(CompletableFuture<?> call) throws InterruptedException, ExecutionException {
		isOver(call, STEP.toMillis());
		return STEP;
	}

	private Duration quietStep(CompletableFuture<?> call, ArcllmTime time, LongSupplier heard)
			throws InterruptedException, ExecutionException {
		long before = activity(time, heard);
		int enough = QUIET_LOOKS * loadFactor();
		for (int looks = 0, quiet = 0; quiet < enough && looks < MOST_LOOKS; looks++) {
			long start = System.nanoTime();
			if (isOver(call, LOOK_MILLIS)) {
				return Duration.ZERO;
			}
			boolean prompt = Duration.ofNanos(System.nanoTime() - start).toMillis() < LONG_LOOK_MILLIS;
			long now = activity(time, heard);
			quiet = (prompt && now == before && !isAnswering()) ? quiet + 1 : 0;
			before = now;
		}
		Duration next = time.untilNext();
		Duration step = (next == null) ? STEP : next.plus(A_MOMENT);
		time.advance(step);
		return step;
	}

	/** Where many wait for a processor, an answer under way is quiet for longer. */
	private static int loadFactor() {
		OperatingSystemMXBean system = ManagementFactory.getOperatingSystemMXBean();
		long waiting = Math.round(system.getSystemLoadAverage() / system.getAvailableProcessors() / 2);
		return (int) Math.max(1, Math.min(MOST_LOAD_FACTOR, waiting));
	}

	private static boolean isOver(CompletableFuture<?> call, long millis)
			throws InterruptedException, ExecutionException {
		try {
			call.get(millis, TimeUnit.MILLISECONDS);
			return true;
		}
		catch (TimeoutException ex) {
			return false;
		}
	}

	private boolean isAnswering() {
		return this.vendors.vendors().stream().anyMatch(FakeVendor::isAnswering);
	}

	/** Another number after anything has happened. */
	private long activity(ArcllmTime time, LongSupplier heard) {
		long activity = time.planned() * 31 + heard.getAsLong();
		for (FakeVendor vendor : this.vendors.vendors()) {
			VendorState state = vendor.state();
			activity = activity * 31 + state.calls() * 7 + state.active();
		}
		return activity;
	}

}
