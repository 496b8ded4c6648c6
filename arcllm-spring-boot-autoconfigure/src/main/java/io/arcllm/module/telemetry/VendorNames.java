package io.arcllm.module.telemetry;

import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * OpenTelemetry's names for the vendors of providers, and the vendors' addresses.
 *
 * @param vendors by the name of the provider
 */
public record VendorNames(Map<String, Vendor> vendors) {

	private static final String NOT_KNOWN = "none";

	/** Knows no provider. */
	public static final VendorNames NONE = new VendorNames(Map.of());

	/** Vendors whose name in the convention differs from their preset. */
	private static final Map<String, String> WELL_KNOWN = Map.of("gemini", "gcp.gemini", "xai", "x_ai", "mistral",
			"mistral_ai", "azure-openai", "azure.ai.openai");

	public VendorNames {
		vendors = Map.copyOf(vendors);
	}

	/**
	 * A vendor.
	 *
	 * @param preset its name among the presets, or the provider's own name
	 * @param host its host
	 * @param port its port
	 */
	public record Vendor(String preset, @Nullable String host, int port) {
	}

	/** The well-known value for {@code gen_ai.provider.name}. */
	String of(String provider) {
		Vendor vendor = this.vendors.get(provider);
		String preset = (vendor == null) ? provider : vendor.preset();
		return WELL_KNOWN.getOrDefault(preset, preset);
	}

	/** The host of the provider, or {@code none} if it is not known. */
	String address(String provider) {
		Vendor vendor = this.vendors.get(provider);
		return (vendor == null || vendor.host() == null) ? NOT_KNOWN : vendor.host();
	}

	/** The port of the provider, or {@code none} if its host is not known. */
	String port(String provider) {
		Vendor vendor = this.vendors.get(provider);
		return (vendor == null || vendor.host() == null) ? NOT_KNOWN : String.valueOf(vendor.port());
	}

}
