package io.arcllm.module.circuitbreaker;

import java.time.Duration;
import java.util.List;

import io.arcllm.Target;
import io.arcllm.module.Hook;
import org.jspecify.annotations.Nullable;

/**
 * Is notified of what circuit breakers decide, for logs, events and meters. Called
 * outside the breaker's lock, in order, on the thread of the call that caused the
 * decision, so it must return soon. What it throws is logged once and changes nothing.
 */
public interface BreakerListener {

	/** Does nothing. */
	BreakerListener NONE = (target, from, to, openFor) -> {
	};

	/**
	 * A breaker changed its state.
	 * @param openFor how long it will stay open, when it opened
	 */
	void changed(Target target, BreakerState from, BreakerState to, @Nullable Duration openFor);

	/**
	 * A target, or one model of it, is paused although the breaker is not open.
	 */
	default void paused(Target target, Duration duration, String reason) {
	}

	/**
	 * A listener that calls all of them, in this order. What one of them throws is logged
	 * once and changes nothing.
	 */
	static BreakerListener all(List<BreakerListener> listeners) {
		return new AllListeners(listeners.stream().map(GuardedListener::of).toList());
	}

	/**
	 * Calls several listeners.
	 *
	 * @param listeners each guarded
	 */
	record AllListeners(List<GuardedListener> listeners) implements BreakerListener {

		@Override
		public void changed(Target target, BreakerState from, BreakerState to, @Nullable Duration openFor) {
			this.listeners.forEach((listener) -> listener.changed(target, from, to, openFor));
		}

		@Override
		public void paused(Target target, Duration duration, String reason) {
			this.listeners.forEach((listener) -> listener.paused(target, duration, reason));
		}

	}

	/**
	 * Calls one listener and catches what it throws.
	 *
	 * @param listener of the application
	 * @param hook calls it
	 */
	record GuardedListener(BreakerListener listener, Hook hook) implements BreakerListener {

		static GuardedListener of(BreakerListener listener) {
			return new GuardedListener(listener,
					new Hook("The listener of circuit breakers " + listener.getClass().getName()));
		}

		@Override
		public void changed(Target target, BreakerState from, BreakerState to, @Nullable Duration openFor) {
			this.hook.run(() -> this.listener.changed(target, from, to, openFor));
		}

		@Override
		public void paused(Target target, Duration duration, String reason) {
			this.hook.run(() -> this.listener.paused(target, duration, reason));
		}

	}

}
