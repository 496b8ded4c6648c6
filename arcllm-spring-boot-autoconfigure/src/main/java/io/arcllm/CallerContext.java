package io.arcllm;

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
