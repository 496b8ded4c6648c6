package io.arcllm.provider;

import io.arcllm.ErrorKind;
import io.arcllm.LlmException;
import org.jspecify.annotations.Nullable;

/**
 * A key that is brought, kept until it is refused, and then brought once more. Safe for
 * use by many threads.
 */
public final class SuppliedKeys implements ApiKeys {

	private final String provider;

	private final ApiKeySupplier supplier;

	private final ApiKeys configured;

	private volatile @Nullable String current;

	private volatile @Nullable String refused;

	private volatile boolean useConfigured;

	/**
	 * @param provider whose key it is
	 * @param supplier brings it
	 * @param configured used where none is brought
	 */
	public SuppliedKeys(String provider, ApiKeySupplier supplier, ApiKeys configured) {
		this.provider = provider;
		this.supplier = supplier;
		this.configured = configured;
	}

	@Override
	public @Nullable String next() {
		if (this.useConfigured) {
			return this.configured.next();
		}
		String key = this.current;
		if (key == null) {
			key = this.supplier.apiKey(this.provider);
			this.current = key;
			this.useConfigured = key == null;
		}
		return (key == null) ? this.configured.next() : key.strip();
	}

	@Override
	public boolean mayRotate() {
		return true;
	}

	@Override
	public boolean mayBlock() {
		return this.current == null && !this.useConfigured;
	}

	@Override
	public void failed(@Nullable String key, LlmException failure) {
		if (this.useConfigured) {
			this.configured.failed(key, failure);
		}
		else if (failure.kind() == ErrorKind.AUTHENTICATION && key != null && key.equals(this.current)
				&& !key.equals(this.refused)) {
			this.refused = key;
			this.current = null;
		}
	}

	/**
	 * Whether the key was refused and has not been brought again.
	 */
	@Override
	public boolean hasAnother() {
		return this.useConfigured ? this.configured.hasAnother() : this.current == null;
	}

	@Override
	public String toString() {
		return "SuppliedKeys[" + this.provider + "]";
	}

}
