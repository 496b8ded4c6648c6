package io.arcllm.benchmarks.limits;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.arcllm.LlmEvent;
import io.arcllm.LlmProvider;
import io.arcllm.LlmRequest;
import io.arcllm.benchmarks.calls.ArcLlm;
import io.arcllm.benchmarks.calls.VendorProcess;

/**
 * Opens very many streams at once, each for about 23 seconds, and prints how many threads
 * and how much memory they need. To be run with {@code -Xmx512m}.
 */
public final class ManyStreams {

	private static final int MEGABYTE = 1024 * 1024;

	private final AtomicInteger begun = new AtomicInteger();

	private final AtomicInteger completed = new AtomicInteger();

	private final AtomicInteger failed = new AtomicInteger();

	private final CountDownLatch left;

	private ManyStreams(int streams) {
		this.left = new CountDownLatch(streams);
	}

	/**
	 * @param args how many streams; 5000 unless given
	 */
	public static void main(String[] args) throws Exception {
		int count = (args.length > 0) ? Integer.parseInt(args[0]) : 5000;
		ThreadMXBean threads = ManagementFactory.getThreadMXBean();
		try (VendorProcess vendor = VendorProcess.start()) {
			LlmProvider provider = new ArcLlm(vendor.url("trickling"),
					"arcllm.providers.openai.http.max-connections=" + count,
					"arcllm.providers.openai.http.pending-acquire-timeout=30s")
				.provider();
			System.out.printf("%d MB heap, %d threads before%n", Runtime.getRuntime().maxMemory() / MEGABYTE,
					threads.getThreadCount());
			ManyStreams streams = new ManyStreams(count);
			for (int i = 0; i < count; i++) {
				streams.open(provider);
			}
			streams.watch(threads);
			System.out.printf("%d streams completed, %d failed, at most %d threads%n", streams.completed.get(),
					streams.failed.get(), threads.getPeakThreadCount());
		}
	}

	private void open(LlmProvider provider) {
		AtomicInteger deltas = new AtomicInteger();
		provider.stream(LlmRequest.of("Tell me of the sea."))
			.doFinally((signal) -> this.left.countDown())
			.subscribe((event) -> next(event, deltas), this::failed);
	}

	private void next(LlmEvent event, AtomicInteger deltas) {
		if (event.answer() != null) {
			this.completed.incrementAndGet();
		}
		else if (deltas.getAndIncrement() == 0) {
			this.begun.incrementAndGet();
		}
	}

	private void failed(Throwable failure) {
		if (this.failed.getAndIncrement() == 0) {
			System.out.println("The first failure: " + failure);
		}
	}

	private void watch(ThreadMXBean threads) throws InterruptedException {
		Runtime runtime = Runtime.getRuntime();
		long end = System.nanoTime() + Duration.ofMinutes(3).toNanos();
		while (!this.left.await(5, TimeUnit.SECONDS) && System.nanoTime() < end) {
			System.out.printf("%d streams begun, %d still open, %d threads, %d MB in use%n", this.begun.get(),
					this.left.getCount(), threads.getThreadCount(),
					(runtime.totalMemory() - runtime.freeMemory()) / MEGABYTE);
		}
	}

}
