package io.arcllm.module.circuitbreaker;

import java.util.Set;

import io.arcllm.ErrorDetails;
import io.arcllm.ErrorKind;
import io.arcllm.LlmException;
import io.arcllm.TimeoutStage;

/**
 * Tells which failures count on a host and port instead of a target: a host that cannot
 * be reached, and a gateway without a vendor behind it.
 */
final class EndpointFaults {

	private static final Set<Integer> OF_A_GATEWAY = Set.of(502, 503);

	private static final Set<Integer> OF_AN_EDGE = Set.of(521, 522, 523);

	private EndpointFaults() {
	}

	static boolean isOne(LlmException failure) {
		ErrorDetails details = failure.details();
		if (details.staleConnection() || details.answerBegan() || failure.partial() != null) {
			return false;
		}
		Integer status = failure.status();
		if (status == null) {
			return failure.kind().domain() == ErrorKind.Domain.ENDPOINT
					|| (failure.kind() == ErrorKind.TIMEOUT && failure.stage() == TimeoutStage.CONNECT);
		}
		return OF_AN_EDGE.contains(status) || (OF_A_GATEWAY.contains(status) && !isOfTheVendor(failure));
	}

	/** Vendors describe errors in JSON; gateways send a page, or nothing. */
	private static boolean isOfTheVendor(LlmException failure) {
		String body = (failure.body() == null) ? "" : failure.body().stripLeading();
		return failure.vendorCode() != null || body.startsWith("{") || body.startsWith("[");
	}

}
