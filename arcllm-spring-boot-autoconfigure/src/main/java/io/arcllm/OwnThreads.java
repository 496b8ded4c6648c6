package io.arcllm;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadFactory;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.util.context.Context;
import reactor.util.context.ContextView;

/**
 * The threads of one provider whose code may block, so that timeouts and deadlines apply
 * to it. They are virtual where the JVM has them, else a pool of this provider's own, of
 * the size of its bulkhead. Safe for use by many threads.
 */
public final class OwnThreads {

	private static final int MOST_THREADS = 64;

	/** Virtual threads cost almost nothing, so their number is not limited further. */
	private static final int MOST_VIRTUAL_THREADS = 1 << 16;

	private static final int IDLE_SECONDS = 60;

	private final String name;

	/** By their size; each is made on first use. */
	private final Map<Integer, Scheduler> pools = new ConcurrentHashMap<>();

	/**
	 * @param provider the provider's name
	 */
	public OwnThreads(String provider) {
		this.name = "arcllm-" + provider;
	}

	/**
	 * A context that limits a provider's threads, where they are not virtual, to the
	 * number of calls that are admitted to it.
	 * @param most 1 or more
	 */
	public static Context limit(Context context, int most) {
		return context.put(OwnThreads.class, most);
	}

	/**
	 * Runs code and subscribes to what it returns, on one of these threads and in the
	 * caller's context. The wait for a thread does not count as the provider's silence.
	 * Cancelling interrupts the code.
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
			}).subscribeOn(pool(most(context)), false);
		});
	}

	/**
	 * The threads as a scheduler, for what may block at the end of a call.
	 */
	public Scheduler scheduler() {
		return pool(MOST_THREADS);
	}

	private static int most(ContextView context) {
		Integer most = context.getOrDefault(OwnThreads.class, null);
		return (most != null) ? most : MOST_THREADS;
	}

	private Scheduler pool(int most) {
		Scheduler pool = this.pools.get(most);
		return (pool != null) ? pool : this.pools.computeIfAbsent(most, this::create);
	}

	private Scheduler create(int most) {
		ThreadFactory virtual = virtualThreads();
		return (virtual != null)
				? Schedulers.newBoundedElastic(MOST_VIRTUAL_THREADS, Integer.MAX_VALUE, virtual, IDLE_SECONDS)
				: Schedulers.newBoundedElastic(most, Integer.MAX_VALUE, this.name, IDLE_SECONDS, true);
	}

	/** By reflection, because they exist only from Java 21 on. */
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
