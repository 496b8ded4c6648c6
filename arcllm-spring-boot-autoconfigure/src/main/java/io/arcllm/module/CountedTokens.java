package io.arcllm.module;

import io.arcllm.Usage;
import io.arcllm.VendorLimits;
import io.arcllm.WireListener;
import org.jspecify.annotations.Nullable;

/**
 * Remembers what the vendor has counted of one attempt, in case it never ends.
 */
final class CountedTokens implements WireListener {

	private final @Nullable WireListener outer;

	private volatile Usage used = Usage.UNKNOWN;

	/**
	 * @param outer who hears of the rest
	 */
	CountedTokens(@Nullable WireListener outer) {
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
	public void used(Usage usage) {
		this.used = usage;
	}

	Usage used() {
		return this.used;
	}

}
