package io.arcllm.module.attempt;

/**
 * How whole answers are asked for.
 */
public enum Upstream {

	/** As the caller asks: whole. */
	AS_ASKED,

	/** As streams where the vendor can, and put together here. */
	ALWAYS

}
