package io.arcllm.provider.key;

import io.arcllm.RequestMetadata;
import org.jspecify.annotations.Nullable;

/**
 * Brings keys that change, from a vault for instance. A bean of this type is asked before
 * the first request, and again when a vendor refuses the key. It may block: it is not
 * called on an event loop. Where tenants have keys of their own, both methods are
 * implemented.
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
