package io.arcllm;

import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.util.context.Context;
import reactor.util.context.ContextView;

/**
 * What surrounded the thread that made a call, such as its MDC, trace, security context
 * and locale, to be restored where code of the application runs on another thread. Safe
 * for use by many threads.
 */
@FunctionalInterface
public interface CallerContext {

	/** Nothing was captured. */
	CallerContext NONE = (inner) -> Restored.NOTHING;

	/**
	 * Restores it on this thread.
	 * @param inner the Reactor context of the place where it is restored; what it has of
	 * its own, such as the observation of an attempt, goes before what was captured
	 * @return to be closed on the same thread, which gives that its own context back
	 */
	Restored restore(ContextView inner);

	/** Runs this code in it. */
	default void run(Runnable code) {
		if (this == NONE) {
			code.run();
			return;
		}
		Restored restored = restore(Context.empty());
		try {
			code.run();
		}
		finally {
			restored.close();
		}
	}

	/** What this code gives in it. */
	default <T extends @Nullable Object> T get(Supplier<T> code) {
		if (this == NONE) {
			return code.get();
		}
		Restored restored = restore(Context.empty());
		try {
			return code.get();
		}
		finally {
			restored.close();
		}
	}

	/** The same flux, subscribed to in it, whichever thread subscribes. */
	default <T> Flux<T> subscribing(Flux<T> flux) {
		if (this == NONE) {
			return flux;
		}
		return new Flux<>() {

			@Override
			public void subscribe(CoreSubscriber<? super T> actual) {
				run(() -> flux.subscribe(actual));
			}

		};
	}

	/** That of the call which this subscription is part of. */
	static CallerContext of(ContextView context) {
		WireListener listener = WireListener.of(context);
		return (listener == null) ? NONE : listener.caller();
	}

	/**
	 * Captures the context of the thread that makes a call, once a call.
	 */
	@FunctionalInterface
	interface Capture {

		/** Captures nothing. */
		Capture NOTHING = (context) -> NONE;

		/**
		 * @param context of the subscriber, which goes before what the thread has
		 */
		CallerContext capture(ContextView context);

	}

	/**
	 * What calls are made with that capture the context of their thread: for what is run
	 * between calls, such as tools.
	 */
	@FunctionalInterface
	interface Source {

		/** Captures the context of a thread as a call does. */
		Capture capture();

	}

	/**
	 * A restored context, until it is closed.
	 */
	@FunctionalInterface
	interface Restored extends AutoCloseable {

		/** Nothing was restored. */
		Restored NOTHING = () -> {
		};

		@Override
		void close();

	}

}
