package io.arcllm.module.fallback.recovery;

import io.arcllm.EventQueue;
import io.arcllm.LlmEvent;
import io.arcllm.module.EventStep;
import org.jspecify.annotations.Nullable;
import reactor.core.CoreSubscriber;

/**
 * Passes on what a splice makes of each event of a second answer: nothing, one event or
 * several.
 * <p>
 * Invariants: one event of the answer is requested at a time, and only while there is
 * demand and the queue is empty, so that the splice has seen no more than was delivered;
 * after a splice found that the answer diverges, the answer is cancelled and its later
 * events are ignored.
 */
final class SplicedAnswer extends EventStep {

	private final Splice splice;

	private final EventQueue queue;

	/** Whether a requested event has not come yet. */
	private volatile boolean awaiting;

	private volatile boolean ended;

	private volatile @Nullable Throwable failure;

	SplicedAnswer(CoreSubscriber<? super LlmEvent> actual, Splice splice) {
		super(actual);
		this.splice = splice;
		this.queue = new EventQueue(actual, this::step);
	}

	@Override
	public void onNext(LlmEvent event) {
		if (this.ended) {
			return;
		}
		try {
			this.splice.next(event).forEach(this.queue::add);
		}
		catch (Throwable ex) {
			super.cancel();
			end(ex);
			return;
		}
		this.awaiting = false;
		this.queue.drain();
	}

	@Override
	public void onError(Throwable failure) {
		end(failure);
	}

	@Override
	public void onComplete() {
		end(null);
	}

	private void end(@Nullable Throwable failure) {
		if (!this.ended) {
			this.failure = failure;
			this.ended = true;
			this.queue.drain();
		}
	}

	@Override
	public void request(long n) {
		this.queue.request(n);
	}

	@Override
	public void cancel() {
		this.queue.cancel();
		super.cancel();
	}

	private void step() {
		boolean last = this.ended;
		if (!this.queue.emit()) {
			return;
		}
		if (last) {
			this.queue.end(this.failure);
		}
		else if (!this.awaiting && this.queue.demand() > 0) {
			this.awaiting = true;
			super.request(1);
		}
	}

}
