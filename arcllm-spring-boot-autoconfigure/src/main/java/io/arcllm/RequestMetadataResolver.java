package io.arcllm;

import reactor.util.context.ContextView;

/**
 * Says for which tenant, session and purpose calls are made, from where an application
 * keeps it, such as its security context: a bean of this type is asked once a call.
 */
@FunctionalInterface
public interface RequestMetadataResolver {

	/**
	 * Asked on the thread that subscribes to the call, before anything is sent. Fills
	 * only what the request and its options leave unset. What it throws fails the call,
	 * since a call for an unknown tenant must not be taken for one of no tenant.
	 * @param context of the subscriber
	 */
	RequestMetadata resolve(ContextView context);

}
