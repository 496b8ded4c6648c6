package io.arcllm.module.telemetry;

import java.util.List;

/**
 * What telemetry tells, and where.
 *
 * @param propagate whether the headers of a trace and its baggage are sent to vendors
 * @param tenants the tenants that are tags of meters; others are not told apart
 */
public record TelemetrySettings(boolean propagate, List<String> tenants) {

	public TelemetrySettings {
		tenants = List.copyOf(tenants);
	}

}
