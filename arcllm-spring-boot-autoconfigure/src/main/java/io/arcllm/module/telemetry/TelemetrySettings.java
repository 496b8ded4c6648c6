package io.arcllm.module.telemetry;

/**
 * What is said of telemetry: only whether it is on.
 */
public record TelemetrySettings() {
}
