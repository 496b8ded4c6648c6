package io.arcllm;

import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.util.context.Context;
import reactor.util.context.ContextView;

/**
 * The context of the thread that made a call, such as MDC, trace, security context and
 * locale. It is restored around the application's code that runs on other threads. Safe
 * for use by many threads.
 */
@FunctionalInterface
public interface CallerContext {

	/** Nothing was captured. */
	CallerContext NONE = (inner) -> Restored.NOTHING;

	/**
	 * Restores this context on the current thread.
	 * @param inner the Reactor context of the place where it is restored; its own values,
	 * such as the observation of an attempt, take precedence over captured ones
	 * @return must be closed on the same thread, which then has its previous context
	 * again
	 */
	Restored restore(ContextView inner);

	/** Runs code in this context. */
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

	/** Runs code in this context and returns its result. */
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

	/** The same flux, subscribed to in this context on whichever thread. */
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

	/** The context of the call that this subscription belongs to. */
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
		 * @param context the subscriber's Reactor context, whose values take precedence
		 * over the thread's
		 */
		CallerContext capture(ContextView context);

	}

	/**
	 * A provider whose calls capture the context of their thread, so that code between
	 * calls, such as tools, can run in it, too.
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
