package io.arcllm;

import java.util.HashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * The tenant, session and labels of a call: read by budgets, cache, rate limits, audit
 * and telemetry, not sent to the vendor.
 *
 * @param tenant the customer
 * @param session the conversation
 * @param labels anything else
 */
public record RequestMetadata(@Nullable String tenant, @Nullable String session,
		@AbsentIsEmpty Map<String, String> labels) {

	/** No tenant, session or labels. */
	public static final RequestMetadata EMPTY = new RequestMetadata(null, null, Map.of());

	public RequestMetadata {
		labels = Map.copyOf(labels);
	}

	/** A tenant alone. */
	public static RequestMetadata ofTenant(String tenant) {
		return new RequestMetadata(tenant, null, Map.of());
	}

	/**
	 * This metadata, completed with the other where this is unset, label by label.
	 */
	public RequestMetadata over(RequestMetadata other) {
		if (other.equals(EMPTY) || equals(other)) {
			return this;
		}
		if (equals(EMPTY)) {
			return other;
		}
		Map<String, String> merged = new HashMap<>(other.labels);
		merged.putAll(this.labels);
		return new RequestMetadata((this.tenant == null) ? other.tenant : this.tenant,
				(this.session == null) ? other.session : this.session, merged);
	}

}
