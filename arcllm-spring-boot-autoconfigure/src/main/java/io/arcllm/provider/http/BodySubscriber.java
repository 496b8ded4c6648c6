package io.arcllm.provider.http;

import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

import io.arcllm.EventQueue;
import io.arcllm.LlmEvent;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.Disposable;
import reactor.core.publisher.Operators;
import reactor.core.scheduler.NonBlocking;
import reactor.core.scheduler.Schedulers;
import reactor.util.context.Context;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;

/**
 * Reads one body for one subscriber. It requests more bytes when all events of the
 * earlier ones were passed on, so that at most one buffer's events wait here. With
 * unbounded demand it requests all bytes. Every buffer is released as soon as it was
 * read.
 * <p>
 * Invariants: only the network's thread adds to the queue until {@code bodyEnded}, and
 * only the step after that; more bytes are requested only when the queue is empty and no
 * bytes are {@code awaiting}; after the answer is complete, further bytes are discarded,
 * and the connection is closed unless it ends by itself within a second.
 */
final class BodySubscriber implements CoreSubscriber<DataBuffer>, Subscription {

	/**
	 * How long the connection may take to end by itself after the answer, so that it can
	 * be kept.
	 */
	private static final Duration LINGER = Duration.ofSeconds(1);

	private static final int IDLE_SECONDS = 10;

	private static final int LINGER_BYTES = 65536;

	/** Reads long documents: the calls of an event loop would all wait for them. */
	private static final Executor READERS = readers(Runtime.getRuntime().availableProcessors());

	private final CoreSubscriber<? super LlmEvent> actual;

	private final AnswerBody body;

	private final UnaryOperator<Throwable> translator;

	/** Filled by the network's thread and emptied by its step, which adds the end. */
	private final EventQueue queue;

	private volatile @Nullable Disposable lingering;

	private Subscription upstream = Operators.emptySubscription();

	/** Whether requested bytes have not come yet. */
	private volatile boolean awaiting;

	private volatile boolean unbounded;

	private volatile boolean bodyEnded;

	private boolean broken;

	private boolean ended;

	private @Nullable Throwable failure;

	private int discarded;

	BodySubscriber(CoreSubscriber<? super LlmEvent> actual, AnswerBody body, UnaryOperator<Throwable> translator) {
		this.actual = actual;
		this.queue = new EventQueue(actual, this::emit);
		this.body = body;
		this.translator = translator;
	}

	private static Executor readers(int most) {
		ThreadPoolExecutor readers = new ThreadPoolExecutor(most, most, IDLE_SECONDS, TimeUnit.SECONDS,
				new LinkedBlockingQueue<>(), ReaderThread::new);
		readers.allowCoreThreadTimeOut(true);
		return readers;
	}

	@Override
	public Context currentContext() {
		return this.actual.currentContext();
	}

	@Override
	public void onSubscribe(Subscription subscription) {
		this.upstream = subscription;
		this.actual.onSubscribe(this);
	}

	@Override
	public void onNext(DataBuffer buffer) {
		try {
			if (this.bodyEnded || this.queue.isCancelled()) {
				discard(buffer.readableByteCount());
				return;
			}
			this.body.read(buffer, this.queue::add);
			if (this.body.isOver()) {
				this.bodyEnded = true;
				linger();
			}
		}
		catch (Throwable ex) {
			fail(ex);
		}
		finally {
			DataBufferUtils.release(buffer);
		}
		this.awaiting = this.unbounded;
		this.queue.drain();
	}

	private void fail(Throwable ex) {
		this.failure = this.translator.apply(ex);
		this.bodyEnded = true;
		this.upstream.cancel();
	}

	private void linger() {
		this.lingering = Schedulers.parallel()
			.schedule(this.upstream::cancel, LINGER.toMillis(), TimeUnit.MILLISECONDS);
		this.upstream.request(Long.MAX_VALUE);
	}

	/** Whether the answer is complete, and its connection will be closed in time. */
	boolean isLingering() {
		return this.lingering != null;
	}

	private void discard(int bytes) {
		this.discarded += bytes;
		if (this.discarded > LINGER_BYTES) {
			this.upstream.cancel();
		}
	}

	@Override
	public void onError(Throwable ex) {
		ended(ex);
	}

	@Override
	public void onComplete() {
		ended(null);
	}

	private void ended(@Nullable Throwable ex) {
		Disposable lingering = this.lingering;
		if (lingering != null) {
			lingering.dispose();
		}
		if (!this.bodyEnded) {
			this.broken = ex != null;
			this.failure = (ex == null) ? null : this.translator.apply(ex);
			if (this.failure == null && this.body.isLong()) {
				READERS.execute(this::endOfBody);
			}
			else {
				endOfBody();
			}
		}
	}

	private void endOfBody() {
		this.bodyEnded = true;
		this.queue.drain();
	}

	@Override
	public void request(long n) {
		this.queue.request(n);
	}

	@Override
	public void cancel() {
		this.queue.cancel();
		if (!this.bodyEnded) {
			this.upstream.cancel();
		}
	}

	private void emit() {
		boolean last = this.bodyEnded;
		boolean goesOn = this.queue.emit();
		if (goesOn && last) {
			finish();
		}
		else if (goesOn && !this.awaiting) {
			ask(this.queue.demand());
		}
	}

	/** Requests one buffer at a time, or all of them with unbounded demand. */
	private void ask(long demand) {
		this.unbounded = demand == Long.MAX_VALUE;
		this.awaiting = demand > 0;
		if (this.awaiting) {
			this.upstream.request(this.unbounded ? Long.MAX_VALUE : 1);
		}
	}

	private void finish() {
		if (!this.ended) {
			this.ended = true;
			endBody();
			if (!this.queue.emit()) {
				return;
			}
		}
		this.queue.end(this.failure);
	}

	/**
	 * Ends the body. A connection that breaks after the end of the answer is no failure.
	 */
	private void endBody() {
		try {
			if (this.broken) {
				this.failure = this.body.isCompleteWithoutEnd(this.queue::add) ? null : this.failure;
			}
			else if (this.failure == null) {
				this.body.end(this.queue::add);
			}
		}
		catch (Throwable ex) {
			this.failure = this.translator.apply(ex);
		}
	}

	/**
	 * Answers are passed on by it as by an event loop: it may not be blocked, since other
	 * answers wait for it.
	 */
	private static final class ReaderThread extends Thread implements NonBlocking {

		ReaderThread(Runnable task) {
			super(task, "arcllm-long-answer");
			setDaemon(true);
		}

	}

}
