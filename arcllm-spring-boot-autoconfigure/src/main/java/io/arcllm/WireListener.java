package io.arcllm;

import java.util.List;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import reactor.util.context.ContextView;

/**
 * Is notified of what happens on the wire during an attempt. A listener stands in the
 * Reactor context under this class.
 */
public interface WireListener {

	/**
	 * An attempt begins: from now on something may have been sent.
	 */
	void sending();

	/**
	 * The attempt waits for one of our own threads or connections. This does not count as
	 * the vendor's silence.
	 */
	default void waiting() {
	}

	/**
	 * The attempt starts only now, after it was {@link #waiting}.
	 */
	default void begun() {
	}

	/**
	 * The first content has come of an answer that is passed on only when it is complete.
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
	 * The attempt was refused on our side, and nothing was sent.
	 */
	default void refused() {
	}

	/**
	 * The vendor reports what is left of its limits.
	 */
	void remaining(VendorLimits limits);

	/**
	 * Whether the listener uses limits, because looking for them in every answer costs
	 * time.
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
	 * The context of the thread that made the call.
	 */
	default CallerContext caller() {
		return CallerContext.NONE;
	}

	/**
	 * The parameters that this attempt leaves out, including those that the provider
	 * itself would add.
	 */
	default Set<Parameter> without() {
		return Set.of();
	}

	/**
	 * Parameters of the request were left out because the model does not take them.
	 * @param parameters their words, such as {@code top-p}
	 */
	default void leftOut(List<String> parameters) {
	}

	/**
	 * An answer has begun.
	 * @param answer what has come of it so far, also if it never ends
	 */
	default void answering(SoFar answer) {
	}

	/**
	 * The attempt has ended. Called before its subscriber is notified.
	 */
	default void ended(Attempt attempt) {
	}

	/**
	 * What has come of an answer so far. Safe for use by many threads.
	 */
	interface SoFar {

		/**
		 * The tokens that the vendor has reported so far.
		 */
		default Usage used() {
			return Usage.UNKNOWN;
		}

		/**
		 * The answer, if the vendor has said that it is complete. More may follow, such
		 * as its tokens.
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
