package io.arcllm;

import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * Who a call is for: read by budgets, audit and telemetry, not sent to the vendor.
 *
 * @param tenant the customer
 * @param session the conversation
 * @param labels anything else
 */
public record RequestMetadata(@Nullable String tenant, @Nullable String session, Map<String, String> labels) {

	/** Nothing is known. */
	public static final RequestMetadata EMPTY = new RequestMetadata(null, null, Map.of());

	public RequestMetadata {
		labels = Map.copyOf(labels);
	}

}
