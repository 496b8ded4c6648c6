package io.arcllm.module.telemetry;

import java.util.List;

/**
 * What telemetry reports.
 *
 * @param propagate whether trace and baggage headers are sent to vendors
 * @param tenants the tenants that are tags of meters; all others are counted as other
 */
public record TelemetrySettings(boolean propagate, List<String> tenants) {

	public TelemetrySettings {
		tenants = List.copyOf(tenants);
	}

}
