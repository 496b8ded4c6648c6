package io.arcllm.module;

import io.arcllm.VendorLimits;
import io.arcllm.WireListener;
import org.jspecify.annotations.Nullable;

/**
 * Knows what the vendor has said in one attempt, in case it never ends.
 */
final class Heard implements WireListener {

	private static final SoFar NOTHING = new SoFar() {
	};

	private final @Nullable WireListener outer;

	private volatile SoFar answer = NOTHING;

	/**
	 * @param outer who hears of the rest
	 */
	Heard(@Nullable WireListener outer) {
		this.outer = outer;
	}

	/** Who is outside was told before. */
	@Override
	public void sending() {
	}

	@Override
	public void remaining(VendorLimits limits) {
		if (this.outer != null) {
			this.outer.remaining(limits);
		}
	}

	@Override
	public boolean wantsLimits() {
		return this.outer != null && this.outer.wantsLimits();
	}

	@Override
	public void answering(SoFar answer) {
		this.answer = answer;
	}

	SoFar answer() {
		return this.answer;
	}

}
