package io.arcllm;

import reactor.util.context.ContextView;

/**
 * Finds the tenant, session and labels of calls where an application keeps them, such as
 * in its security context. A bean of this type is asked once for each call.
 */
@FunctionalInterface
public interface RequestMetadataResolver {

	/**
	 * Asked on the thread that subscribes to the call, before anything is sent. Sets only
	 * what the request and its options leave unset. If it throws, the call fails, because
	 * a call for an unknown tenant must not count as one without a tenant.
	 * @param context the subscriber's Reactor context
	 */
	RequestMetadata resolve(ContextView context);

}
