package io.arcllm.benchmarks.calls;

import java.time.Duration;

/**
 * What the first calls of a process cost, whose classes are not loaded and whose code is
 * not compiled yet: one process for each way to warm it up.
 */
public final class FirstCalls {

	private static final int[] ENDS = { 1, 10, 100, 1000, 2000, 5000 };

	private FirstCalls() {
	}

	/**
	 * @param args settings, such as {@code arcllm.warm-up=connections}
	 */
	public static void main(String[] args) throws Exception {
		try (VendorProcess vendor = VendorProcess.start()) {
			long started = CpuTime.nanos();
			ArcLlm client = new ArcLlm(vendor.url("coalesced"), args);
			System.out.printf("start: %d ms of CPU time%n", (CpuTime.nanos() - started) / 1_000_000);
			int done = 0;
			for (int end : ENDS) {
				long cpu = CpuTime.nanos();
				long time = System.nanoTime();
				for (int i = done; i < end; i++) {
					client.whole().block(Duration.ofSeconds(30));
				}
				System.out.printf("calls %d to %d: %d us of CPU time each, %d us by the clock%n", done + 1, end,
						(CpuTime.nanos() - cpu) / 1000 / (end - done),
						(System.nanoTime() - time) / 1000 / (end - done));
				done = end;
			}
		}
	}

}
