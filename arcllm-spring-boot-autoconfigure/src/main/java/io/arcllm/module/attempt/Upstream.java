package io.arcllm.module.attempt;

/**
 * How whole answers are requested from a vendor.
 */
public enum Upstream {

	/** As the caller asked: whole. */
	AS_ASKED,

	/** As streams where the vendor can stream; the library joins them. */
	ALWAYS

}
