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
 * Waits for the end of calls. Movable time is moved only when nothing happens by itself
 * any more, and then to the next task, so that a slow machine does not make a vendor
 * slow.
 */
final class SurvivalWait {

	/** The longest time of a call before it counts as hung. */
	private static final Duration LONGEST = Duration.ofMinutes(15);

	private static final Duration STEP = Duration.ofSeconds(1);

	/** A little beyond the due time, but not to the next task. */
	private static final Duration A_MOMENT = Duration.ofMillis(1);

	private static final long LOOK_MILLIS = 10;

	/** The number of checks without a change that count as quiet. */
	private static final int QUIET_LOOKS = 6;

	private static final int MOST_LOAD_FACTOR = 5;

	/** A check that takes longer means that the machine is busy. */
	private static final long LONG_LOOK_MILLIS = 30;

	/**
	 * After this many checks time is moved anyway, because something else never rests.
	 */
	private static final int MOST_LOOKS = 300;

	private final FakeVendors vendors;

	private final @Nullable ArcllmTime time;

	/**
	 * @param time the time, or {@code null} if it cannot be moved
	 */
	SurvivalWait(FakeVendors vendors, @Nullable ArcllmTime time) {
		this.vendors = vendors;
		this.time = time;
	}

	/** Lets this time pass, if it can be moved. */
	void pass(Duration duration) {
		if (this.time != null) {
			this.time.advance(duration);
		}
	}

	/**
	 * Waits until the call has ended or counts as hung.
	 * @param heard the amount that has come of the answer
	 * @return the failure, or {@code null}
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

	/**
	 * How much longer to wait, because an answer under way is quiet for longer on a busy
	 * machine.
	 */
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

	/** A number that changes when anything happens. */
	private long activity(ArcllmTime time, LongSupplier heard) {
		long activity = time.planned() * 31 + heard.getAsLong();
		for (FakeVendor vendor : this.vendors.vendors()) {
			VendorState state = vendor.state();
			activity = activity * 31 + state.calls() * 7 + state.active();
		}
		return activity;
	}

}
