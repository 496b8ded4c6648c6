package io.arcllm.provider.key;

import org.jspecify.annotations.Nullable;

/**
 * Brings keys that change, from a vault for instance. A bean of this type is asked before
 * the first request, and once more when a vendor refuses the key. It may block: it is not
 * called on an event loop.
 */
@FunctionalInterface
public interface ApiKeySupplier {

	/**
	 * The key for this provider, or {@code null} to use the configured ones.
	 */
	@Nullable String apiKey(String provider);

}
