package io.arcllm.module;

import java.util.Objects;

import io.arcllm.LlmProvider;

/**
 * What every module extends: a provider around another one. A module overrides
 * {@link #exchange} and calls {@code inner.exchange} there, and so treats whole and
 * streamed calls alike.
 */
public abstract class BaseModule implements LlmProvider {

	protected final LlmProvider inner;

	/**
	 * @param inner what this module wraps
	 */
	protected BaseModule(LlmProvider inner) {
		this.inner = Objects.requireNonNull(inner, "inner");
	}

	@Override
	public String name() {
		return this.inner.name();
	}

	@Override
	public boolean validateConfig() {
		return this.inner.validateConfig();
	}

	/**
	 * The stack as it is written, such as {@code Retry(Fallback(anthropic))}.
	 */
	@Override
	public String toString() {
		return getClass().getSimpleName().replaceAll("Module$", "") + "(" + this.inner + ")";
	}

}
