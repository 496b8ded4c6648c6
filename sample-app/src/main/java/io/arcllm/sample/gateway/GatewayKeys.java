package io.arcllm.sample.gateway;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiPredicate;

import org.jspecify.annotations.Nullable;

/**
 * Finds the tenant of a caller's key. It compares digests of equal length with all keys
 * and in constant time, so that the time of an answer says nothing about the keys.
 */
final class GatewayKeys {

	private final List<Entry> entries = new ArrayList<>();

	private final BiPredicate<byte[], byte[]> equal;

	GatewayKeys(GatewayProperties properties) {
		this(properties, MessageDigest::isEqual);
	}

	/**
	 * @param properties the keys
	 * @param equal compares in constant time
	 */
	GatewayKeys(GatewayProperties properties, BiPredicate<byte[], byte[]> equal) {
		this.equal = equal;
		if (properties.apiKey() != null) {
			this.entries.add(new Entry(new Caller(null), digest(properties.apiKey())));
		}
		properties.keys().forEach((tenant, key) -> this.entries.add(new Entry(new Caller(tenant), digest(key))));
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
		byte[] shown = digest(key(authorization));
		Caller found = null;
		for (Entry entry : this.entries) {
			if (this.equal.test(entry.digest(), shown)) {
				found = entry.caller();
			}
		}
		return found;
	}

	private static String key(@Nullable String authorization) {
		return (authorization != null && authorization.regionMatches(true, 0, "Bearer ", 0, 7))
				? authorization.substring(7).trim() : "";
	}

	private static byte[] digest(String key) {
		try {
			return MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException("Every Java has SHA-256", ex);
		}
	}

	private record Entry(Caller caller, byte[] digest) {

	}

}
