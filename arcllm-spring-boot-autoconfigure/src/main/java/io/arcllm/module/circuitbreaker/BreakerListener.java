package io.arcllm.module.circuitbreaker;

import java.time.Duration;
import java.util.List;

import io.arcllm.Target;
import org.jspecify.annotations.Nullable;

/**
 * Hears what circuit breakers decide: for logs, events and meters. Called outside the
 * breaker's lock, in order, on the thread of the call that tipped the scales; what it
 * throws is ignored.
 */
public interface BreakerListener {

	/** Hears nothing. */
	BreakerListener NONE = (target, from, to, openFor) -> {
	};

	/**
	 * A breaker changed its state.
	 * @param openFor how long it will stay open, when it opened
	 */
	void changed(Target target, BreakerState from, BreakerState to, @Nullable Duration openFor);

	/**
	 * A target, or one model of it, is left alone for a while without the breaker being
	 * open.
	 */
	default void paused(Target target, Duration duration, String reason) {
	}

	/**
	 * Tells all of them, in this order.
	 */
	static BreakerListener all(List<BreakerListener> listeners) {
		return new BreakerListener() {

			@Override
			public void changed(Target target, BreakerState from, BreakerState to, @Nullable Duration openFor) {
				listeners.forEach((listener) -> listener.changed(target, from, to, openFor));
			}

			@Override
			public void paused(Target target, Duration duration, String reason) {
				listeners.forEach((listener) -> listener.paused(target, duration, reason));
			}

		};
	}

}
