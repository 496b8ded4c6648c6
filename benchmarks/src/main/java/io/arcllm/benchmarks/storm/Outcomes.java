package io.arcllm.benchmarks.storm;

import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

import io.arcllm.benchmarks.calls.Answers;
import reactor.core.publisher.Mono;

/**
 * How the calls of one storm ended, and when.
 */
final class Outcomes {

	private final long[] nanos;

	private final AtomicInteger ended = new AtomicInteger();

	private final AtomicInteger answered = new AtomicInteger();

	private final CountDownLatch left;

	Outcomes(int calls) {
		this.nanos = new long[calls];
		this.left = new CountDownLatch(calls);
	}

	/**
	 * Begins a call.
	 * @param due when it should have begun
	 */
	void watch(Mono<Integer> call, long due) {
		call.subscribe((characters) -> {
			if (characters == Answers.CHARACTERS) {
				this.answered.incrementAndGet();
			}
			ended(due);
		}, (failure) -> ended(due));
	}

	private void ended(long due) {
		this.nanos[this.ended.getAndIncrement()] = System.nanoTime() - due;
		this.left.countDown();
	}

	Outcomes await() throws InterruptedException {
		this.left.await();
		Arrays.sort(this.nanos);
		return this;
	}

	int calls() {
		return this.nanos.length;
	}

	int answered() {
		return this.answered.get();
	}

	/** Of all calls, the failed ones as well, in milliseconds. */
	double quantile(double part) {
		return this.nanos[(int) (part * (this.nanos.length - 1))] / 1e6;
	}

}
