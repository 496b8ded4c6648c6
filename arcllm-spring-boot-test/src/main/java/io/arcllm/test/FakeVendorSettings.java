package io.arcllm.test;

import java.util.Map;

/**
 * How to start the simulator.
 *
 * @param pace how fast the vendors answer
 * @param ports by vendor name; a free one where it is zero or missing
 * @param failing the vendor that fails now and then
 * @param failEvery it fails its first call and each n-th after it; zero for never
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
