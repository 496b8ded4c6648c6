package io.arcllm;

import java.util.concurrent.ThreadFactory;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * The threads of one provider whose code may block, where timeouts and deadlines reach
 * it. They are virtual where the JVM has them, else a pool of this provider's own. Safe
 * for use by many threads.
 */
public final class OwnThreads {

	private static final int MOST_THREADS = 64;

	/** Virtual threads cost next to nothing, so they are no limit. */
	private static final int MOST_VIRTUAL_THREADS = 1 << 16;

	private static final int IDLE_SECONDS = 60;

	private final String name;

	/** Made when the provider is first asked. */
	private volatile @Nullable Scheduler scheduler;

	/**
	 * @param provider the provider's name
	 */
	public OwnThreads(String provider) {
		this.name = "arcllm-" + provider;
	}

	/**
	 * Runs code and subscribes to what it returns, on one of these threads and in the
	 * caller's context. The wait for a thread is not the provider's silence. Cancelling
	 * interrupts the code.
	 */
	public <T> Flux<T> run(Supplier<? extends Publisher<T>> code) {
		return Flux.deferContextual((context) -> {
			WireListener listener = WireListener.of(context);
			if (listener != null) {
				listener.waiting();
			}
			return Flux.<T>from((subscriber) -> {
				if (listener != null) {
					listener.begun();
				}
				CallerContext.Restored restored = CallerContext.of(context).restore(context);
				try {
					Flux.<T>defer(code).subscribe(subscriber);
				}
				finally {
					restored.close();
				}
			}).subscribeOn(scheduler(), false);
		});
	}

	/**
	 * The threads as a scheduler, for what may block at the end of a call.
	 */
	public Scheduler scheduler() {
		Scheduler scheduler = this.scheduler;
		return (scheduler != null) ? scheduler : create();
	}

	private synchronized Scheduler create() {
		Scheduler scheduler = this.scheduler;
		if (scheduler == null) {
			ThreadFactory virtual = virtualThreads();
			scheduler = (virtual != null)
					? Schedulers.newBoundedElastic(MOST_VIRTUAL_THREADS, Integer.MAX_VALUE, virtual, IDLE_SECONDS)
					: Schedulers.newBoundedElastic(MOST_THREADS, Integer.MAX_VALUE, this.name, IDLE_SECONDS, true);
			this.scheduler = scheduler;
		}
		return scheduler;
	}

	/** By reflection, since they are there from Java 21 on. */
	private @Nullable ThreadFactory virtualThreads() {
		try {
			Class<?> builder = Class.forName("java.lang.Thread$Builder");
			Object ofVirtual = Thread.class.getMethod("ofVirtual").invoke(null);
			Object named = builder.getMethod("name", String.class, long.class).invoke(ofVirtual, this.name + "-", 1L);
			return (ThreadFactory) builder.getMethod("factory").invoke(named);
		}
		catch (ReflectiveOperationException ex) {
			return null;
		}
	}

}
