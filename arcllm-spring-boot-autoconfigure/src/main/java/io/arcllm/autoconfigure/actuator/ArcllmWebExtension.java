package io.arcllm.autoconfigure.actuator;

import java.util.Map;
import java.util.function.Supplier;

import io.arcllm.autoconfigure.actuator.ArcllmEndpoint.Action;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.actuate.endpoint.web.annotation.EndpointWebExtension;

/**
 * Answers a write over HTTP that changes nothing with a 400 and the reason, even if the
 * application hides the messages of errors.
 */
@EndpointWebExtension(endpoint = ArcllmEndpoint.class)
public final class ArcllmWebExtension {

	private final ArcllmEndpoint endpoint;

	public ArcllmWebExtension(ArcllmEndpoint endpoint) {
		this.endpoint = endpoint;
	}

	/**
	 * Runs an action that does not concern one provider.
	 */
	@WriteOperation
	public WebEndpointResponse<Object> act(@Nullable String action, @Nullable String tenant, @Nullable String limit,
			@Nullable String endpoint) {
		return answer(() -> this.endpoint.act(String.valueOf(action), tenant, limit, endpoint));
	}

	/**
	 * Changes a provider.
	 */
	@WriteOperation
	public WebEndpointResponse<Object> change(@Selector String provider, @Nullable String action,
			@Nullable String model) {
		return answer(() -> this.endpoint.change(provider, Action.of(action), model));
	}

	private static WebEndpointResponse<Object> answer(Supplier<Object> write) {
		try {
			return new WebEndpointResponse<>(write.get());
		}
		catch (InvalidEndpointRequestException ex) {
			Map<String, Object> body = Map.of("status", WebEndpointResponse.STATUS_BAD_REQUEST, "error",
					String.valueOf(ex.getReason()));
			return new WebEndpointResponse<>(body, WebEndpointResponse.STATUS_BAD_REQUEST);
		}
	}

}
