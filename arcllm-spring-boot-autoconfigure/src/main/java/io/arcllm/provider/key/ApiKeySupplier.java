package io.arcllm.provider.key;

import io.arcllm.RequestMetadata;
import org.jspecify.annotations.Nullable;

/**
 * Brings keys that change, for example from a vault. A bean of this type is asked before
 * the first request, and again when a vendor refuses the key. It may block, because it is
 * never called on an event loop. Implement both methods if tenants have their own keys.
 * What it throws fails the call with kind {@code NETWORK}. Must be safe for use by
 * several threads.
 */
@FunctionalInterface
public interface ApiKeySupplier {

	/**
	 * The key for this provider, or {@code null} to use the configured ones.
	 */
	@Nullable String apiKey(String provider);

	/**
	 * The key for this provider and the caller of a request, or {@code null} to use the
	 * configured ones. It is kept for the provider and the tenant.
	 * @param metadata of the request that needs the key first
	 */
	default @Nullable String apiKey(String provider, RequestMetadata metadata) {
		return apiKey(provider);
	}

}
