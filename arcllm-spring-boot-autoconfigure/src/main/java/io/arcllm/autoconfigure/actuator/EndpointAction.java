package io.arcllm.autoconfigure.actuator;

import org.jspecify.annotations.Nullable;

/**
 * An action of {@code POST /actuator/arcllm}. Each bean of this type is one.
 */
public interface EndpointAction {

	/** Its name in requests, such as {@code reload}. */
	String name();

	/**
	 * Runs the action.
	 * @return the result, written as JSON
	 * @throws org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException
	 * with a reason if nothing can be done
	 */
	Object run(Parameters parameters);

	/**
	 * The parameters of an action.
	 *
	 * @param tenant the tenant, or {@code null}
	 * @param limit the name of the limit, or {@code null}
	 */
	record Parameters(@Nullable String tenant, @Nullable String limit) {
	}

}
