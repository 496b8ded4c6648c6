package io.arcllm.module;

import io.arcllm.Attempt;
import io.arcllm.VendorLimits;
import io.arcllm.WireListener;
import org.jspecify.annotations.Nullable;

/**
 * A listener that passes everything on to an outer one, if there is one. A subclass
 * overrides what it listens to itself.
 */
public interface ForwardingListener extends WireListener {

	/**
	 * The outer listener.
	 */
	@Nullable WireListener outer();

	@Override
	default void sending() {
		WireListener outer = outer();
		if (outer != null) {
			outer.sending();
		}
	}

	@Override
	default void refused() {
		WireListener outer = outer();
		if (outer != null) {
			outer.refused();
		}
	}

	@Override
	default void speaking() {
		WireListener outer = outer();
		if (outer != null) {
			outer.speaking();
		}
	}

	@Override
	default void remaining(VendorLimits limits) {
		WireListener outer = outer();
		if (outer != null) {
			outer.remaining(limits);
		}
	}

	@Override
	default boolean wantsLimits() {
		WireListener outer = outer();
		return outer != null && outer.wantsLimits();
	}

	@Override
	default boolean wantsFrames() {
		WireListener outer = outer();
		return outer != null && outer.wantsFrames();
	}

	@Override
	default void answering(SoFar answer) {
		WireListener outer = outer();
		if (outer != null) {
			outer.answering(answer);
		}
	}

	@Override
	default void ended(Attempt attempt) {
		WireListener outer = outer();
		if (outer != null) {
			outer.ended(attempt);
		}
	}

}
