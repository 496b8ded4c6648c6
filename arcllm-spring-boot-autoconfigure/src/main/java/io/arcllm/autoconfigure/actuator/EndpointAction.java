package io.arcllm.autoconfigure.actuator;

import org.jspecify.annotations.Nullable;

/**
 * Something that {@code POST /actuator/arcllm} does: each bean of this type is an action.
 */
public interface EndpointAction {

	/** What the request calls it, such as {@code reload}. */
	String name();

	/**
	 * Does it.
	 * @return what was done, as JSON
	 * @throws org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException
	 * with a reason if nothing can be done
	 */
	Object run(Parameters parameters);

	/**
	 * What a request may name besides the action.
	 *
	 * @param tenant the tenant that is meant
	 * @param limit the limit that is meant
	 */
	record Parameters(@Nullable String tenant, @Nullable String limit) {
	}

}
