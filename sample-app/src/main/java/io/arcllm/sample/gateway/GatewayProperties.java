package io.arcllm.sample.gateway;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * Which callers may use the gateway, and for which models.
 *
 * @param apiKey the key of callers without a tenant
 * @param keys the keys of tenants, by tenant
 * @param models which models may be asked
 * @param hosts names in {@code Host} besides {@code localhost} and literal addresses
 * @param maxBodySize the longest request, pictures and documents included
 * @param maxTextSize the longest request without its base64
 */
@ConfigurationProperties("gateway")
public record GatewayProperties(@Nullable String apiKey, @DefaultValue Map<String, String> keys,
		@DefaultValue("configured") Models models, @DefaultValue List<String> hosts,
		@DefaultValue("16MB") DataSize maxBodySize, @DefaultValue("1MB") DataSize maxTextSize) {

	private static final int SHORTEST_KEY = 16;

	/**
	 * Which models may be asked.
	 */
	public enum Models {

		/** Those that the configuration names. */
		CONFIGURED,

		/** Whatever the vendor takes. */
		ANY

	}

	public GatewayProperties {
		apiKey = (apiKey == null || apiKey.isBlank()) ? null : apiKey;
		keys = Map.copyOf(keys);
		hosts = hosts.stream().map((host) -> host.toLowerCase(Locale.ROOT)).toList();
		check("gateway.api-key", apiKey);
		keys.forEach((tenant, key) -> check("gateway.keys." + tenant, key));
		List<String> all = new ArrayList<>(keys.values());
		if (apiKey != null) {
			all.add(apiKey);
		}
		if (new HashSet<>(all).size() < all.size()) {
			throw new IllegalArgumentException("Two keys under gateway.api-key and gateway.keys are equal: give each "
					+ "tenant a key of its own");
		}
	}

	private static void check(String name, @Nullable String key) {
		if (key != null && key.length() < SHORTEST_KEY) {
			throw new IllegalArgumentException(name + " must have at least " + SHORTEST_KEY + " characters, has "
					+ key.length() + ": make a longer one, such as with 'openssl rand -hex 24'");
		}
	}

	/** Whether callers must show a key. */
	public boolean isKeyDemanded() {
		return this.apiKey != null || !this.keys.isEmpty();
	}

	/** Says nothing of keys. */
	@Override
	public String toString() {
		return "GatewayProperties[tenants=" + this.keys.keySet() + ", models=" + this.models + ", hosts=" + this.hosts
				+ "]";
	}

}
