package io.arcllm;

import org.jspecify.annotations.Nullable;
import reactor.util.context.ContextView;

/**
 * Hears what happens on the wire during an attempt. In the Reactor context, under its own
 * class, where somebody wants to know.
 */
public interface WireListener {

	/**
	 * An attempt begins: from now on something may have been sent.
	 */
	void sending();

	/**
	 * The vendor says what is left of its limits.
	 */
	void remaining(VendorLimits limits);

	/**
	 * Whether anybody wants to hear of limits: to look for them in every answer has its
	 * price.
	 */
	default boolean wantsLimits() {
		return true;
	}

	/**
	 * The vendor says what it has counted so far. Told before the answer ends, so that it
	 * is known where it never does.
	 */
	default void used(Usage usage) {
	}

	/**
	 * Who wants to know, if anybody does.
	 */
	static @Nullable WireListener of(ContextView context) {
		return context.getOrDefault(WireListener.class, null);
	}

}
