package io.arcllm.provider.http;

import java.util.function.Consumer;

import org.springframework.web.reactive.function.client.WebClient;

/**
 * The client of a vendor. It notifies the application's observation handlers of each
 * request. What they throw must not fail the request, so there is a second client without
 * handlers.
 *
 * @param client sends requests first
 * @param unobserved sends a request that a handler prevented
 * @param observed whether handlers may throw after the end of a request
 * @param filtered whether filters of the application see answers
 * @param failed is given what a handler has thrown
 */
public record VendorClient(WebClient client, WebClient unobserved, boolean observed, boolean filtered,
		Consumer<Throwable> failed) {

	/** A client without handlers. */
	public static VendorClient of(WebClient client) {
		return new VendorClient(client, client, false, false, (ex) -> {
		});
	}

}
