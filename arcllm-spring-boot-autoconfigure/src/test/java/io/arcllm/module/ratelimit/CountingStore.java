package io.arcllm.module.ratelimit;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A store without a limit that counts what was taken and not given back.
 */
class CountingStore implements LimitStore {

	final AtomicLong requests = new AtomicLong();

	final AtomicLong tokens = new AtomicLong();

	@Override
	public CompletableFuture<Long> take(long tokens) {
		this.requests.incrementAndGet();
		this.tokens.addAndGet(tokens);
		return CompletableFuture.completedFuture(0L);
	}

	@Override
	public void adjust(long requests, long tokens) {
		this.requests.addAndGet(-requests);
		this.tokens.addAndGet(-tokens);
	}

	@Override
	public long waitFor(long requests, long tokens) {
		return 0;
	}

	@Override
	public long requests() {
		return Long.MAX_VALUE;
	}

	@Override
	public long tokens() {
		return Long.MAX_VALUE;
	}

}
