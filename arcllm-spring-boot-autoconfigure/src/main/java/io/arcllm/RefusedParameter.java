package io.arcllm;

import java.io.Serializable;

import org.jspecify.annotations.Nullable;

/**
 * The part of a request that a vendor named when it refused it.
 *
 * @param name the word of {@link Parameter} where there is one, such as {@code top-p};
 * else the vendor's own
 * @param why which aspect of it was refused
 * @param most the largest value that the vendor says it takes, or {@code null}
 */
public record RefusedParameter(String name, Why why, @Nullable Integer most) implements Serializable {

	/**
	 * Which aspect of a parameter was refused.
	 */
	public enum Why {

		/** The model or vendor does not take it, whatever its value. */
		PARAMETER,

		/** Not together with another part of the request. */
		COMBINATION,

		/** Not this value. */
		VALUE,

		/** Not in this form; the vendor has another one. */
		FORM

	}

}
