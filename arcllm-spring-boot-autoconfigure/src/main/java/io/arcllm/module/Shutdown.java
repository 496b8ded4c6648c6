package io.arcllm.module;

import io.arcllm.ErrorKind;
import io.arcllm.LlmException;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * Whether calls and attempts may begin, and which are under way, for an orderly end of
 * the application. Safe for use by many threads.
 * <p>
 * Invariants: once {@link #close} has returned, no attempt begins. A call that began
 * before is in the set until it ends, and knows its attempts, so {@link #interrupt}
 * reaches all of them.
 */
public final class Shutdown {

	private final ActiveSet<Underway> calls = new ActiveSet<>();

	private volatile Sinks.Empty<Void> closing = Sinks.empty();

	private volatile boolean closed;

	/**
	 * A call or an attempt that has begun.
	 */
	public interface Underway {

		/** Ends it now. It fails with what was delivered. */
		void interrupt();

	}

	/** Calls may begin again. */
	public void open() {
		this.closing = Sinks.empty();
		this.closed = false;
	}

	/** From now on no call or attempt begins, and no call waits for a retry. */
	public void close() {
		this.closed = true;
		this.closing.tryEmitEmpty();
	}

	public boolean isClosed() {
		return this.closed;
	}

	/** Completes when no call or attempt may begin any more. */
	Mono<Void> closing() {
		return this.closing.asMono();
	}

	/** How many calls are under way. */
	public int calls() {
		return this.calls.size();
	}

	/** Ends all calls under way. */
	public void interrupt() {
		this.calls.forEach(Underway::interrupt);
	}

	/**
	 * A call has begun.
	 * @return its slot, to be given to {@link #ended}
	 */
	int begun(Underway call) {
		return this.calls.add(call);
	}

	void ended(Underway call, int slot) {
		this.calls.remove(call, slot);
	}

	/** The error of a call or attempt that may not begin. */
	static LlmException rejection() {
		return LlmException.of(ErrorKind.CANCELLED, "The application is shutting down: nothing was sent").build();
	}

}
