package io.arcllm;

import java.util.List;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import reactor.util.context.ContextView;

/**
 * Hears what happens on the wire during an attempt. In the Reactor context, under its own
 * class, where something listens.
 */
public interface WireListener {

	/**
	 * An attempt begins: from now on something may have been sent.
	 */
	void sending();

	/**
	 * The provider waits for a thread or a connection of our own: that is not its
	 * silence.
	 */
	default void waiting() {
	}

	/**
	 * The provider begins only now, after it was {@link #waiting}.
	 */
	default void begun() {
	}

	/**
	 * The first word of an answer has come that is not passed on before it is whole.
	 */
	default void speaking() {
	}

	/**
	 * Whether the frames of a streamed answer are to be kept as its raw body.
	 */
	default boolean wantsFrames() {
		return false;
	}

	/**
	 * The attempt was refused here: nothing was sent after all.
	 */
	default void refused() {
	}

	/**
	 * The vendor says what is left of its limits.
	 */
	void remaining(VendorLimits limits);

	/**
	 * Whether the listener reads limits: to look for them in every answer has its price.
	 */
	default boolean wantsLimits() {
		return true;
	}

	/**
	 * Whether this target is the first that the call asks: only there does it matter
	 * whether a request may be adapted.
	 */
	default boolean isFirstTarget() {
		return true;
	}

	/**
	 * What surrounded the thread that made the call.
	 */
	default CallerContext caller() {
		return CallerContext.NONE;
	}

	/**
	 * The parameters that this attempt leaves out, also those that the provider itself
	 * would add.
	 */
	default Set<Parameter> without() {
		return Set.of();
	}

	/**
	 * Parameters of the request were left out, which the model does not take.
	 * @param parameters their words, such as {@code top-p}
	 */
	default void leftOut(List<String> parameters) {
	}

	/**
	 * An answer begins.
	 * @param answer what is known of it while it lasts, and when it never ends
	 */
	default void answering(SoFar answer) {
	}

	/**
	 * The attempt has ended: how, and what it cost. Told before its subscriber.
	 */
	default void ended(Attempt attempt) {
	}

	/**
	 * What a vendor has said until now. Safe for use by many threads.
	 */
	interface SoFar {

		/**
		 * The tokens that it has told of.
		 */
		default Usage used() {
			return Usage.UNKNOWN;
		}

		/**
		 * The answer, if it has said that it is whole. It may still have more to say,
		 * such as its tokens.
		 */
		default @Nullable LlmResponse whole() {
			return null;
		}

	}

	/**
	 * The listener of the context, if there is one.
	 */
	static @Nullable WireListener of(ContextView context) {
		return context.getOrDefault(WireListener.class, null);
	}

}
