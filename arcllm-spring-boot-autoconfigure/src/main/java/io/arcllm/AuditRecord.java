package io.arcllm;

import java.time.Instant;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * The audit's record of one call, however it ended. It never contains keys, bytes or
 * vendor data, and contains content only where that is switched on.
 *
 * @param n counts records from 1; a gap is a record that was lost
 * @param time when the call ended
 * @param call the call's id; that of its trace where there is one
 * @param tenant the tenant, where known
 * @param session the conversation, where known
 * @param labels further labels of the call
 * @param asked the target that was asked for
 * @param answered the target that answered, if one did
 * @param outcome {@code completed}, {@code cached}, {@code cancelled}, or {@code failed:}
 * and the kind of the failure
 * @param tokens of the answer
 * @param cost of the whole call, where prices are known
 * @param json all of it as one line of JSON
 */
public record AuditRecord(long n, Instant time, String call, @Nullable String tenant, @Nullable String session,
		Map<String, String> labels, Target asked, @Nullable Target answered, String outcome, Usage tokens,
		@Nullable Cost cost, String json) {

	/** The line of JSON. */
	@Override
	public String toString() {
		return this.json;
	}

}
