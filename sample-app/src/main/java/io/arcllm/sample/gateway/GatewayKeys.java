package io.arcllm.sample.gateway;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * Finds out whose key a caller has. All keys are compared, each in constant time, so that
 * the time an answer takes tells nothing of them.
 */
final class GatewayKeys {

	private final List<Entry> entries = new ArrayList<>();

	GatewayKeys(GatewayProperties properties) {
		if (properties.apiKey() != null) {
			this.entries.add(new Entry(new Caller(null), bytes(properties.apiKey())));
		}
		properties.keys().forEach((tenant, key) -> this.entries.add(new Entry(new Caller(tenant), bytes(key))));
	}

	/**
	 * A caller with a key.
	 *
	 * @param tenant the key's, if it is one of a tenant
	 */
	record Caller(@Nullable String tenant) {
	}

	/**
	 * The caller with this header; {@code null} where its key is missing or wrong.
	 */
	@Nullable Caller caller(@Nullable String authorization) {
		byte[] shown = bytes(key(authorization));
		Caller found = null;
		for (Entry entry : this.entries) {
			if (MessageDigest.isEqual(entry.key(), shown)) {
				found = entry.caller();
			}
		}
		return found;
	}

	private static String key(@Nullable String authorization) {
		return (authorization != null && authorization.regionMatches(true, 0, "Bearer ", 0, 7))
				? authorization.substring(7).trim() : "";
	}

	private static byte[] bytes(String key) {
		return key.getBytes(StandardCharsets.UTF_8);
	}

	private record Entry(Caller caller, byte[] key) {

	}

}
