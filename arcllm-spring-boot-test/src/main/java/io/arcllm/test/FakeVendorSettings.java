package io.arcllm.test;

import java.util.Map;

/**
 * The settings of fake vendors.
 *
 * @param pace the speed of the vendors
 * @param ports the ports by vendor name; a free port if it is 0 or missing
 * @param failing the vendor that fails regularly
 * @param failEvery it fails its first call and each n-th after it; 0 for never
 */
public record FakeVendorSettings(Pace pace, Map<String, Integer> ports, String failing, int failEvery) {

	public FakeVendorSettings {
		ports = Map.copyOf(ports);
	}

	/** All healthy, no waiting, on free ports. */
	public static FakeVendorSettings instant() {
		return new FakeVendorSettings(Pace.INSTANT, Map.of(), "", 0);
	}

}
