package io.arcllm.provider.http;

import java.util.function.Consumer;

import org.springframework.web.reactive.function.client.WebClient;

/**
 * What a vendor is asked with. The client tells the application's observation handlers of
 * each request; what they throw must not cost the request, so there is another client
 * that tells none.
 *
 * @param client asks first
 * @param unobserved asks where a handler kept the first from asking
 * @param observed whether handlers may throw after the end of a request
 * @param filtered whether filters of the application see answers
 * @param failed is told what a handler has thrown
 */
public record VendorClient(WebClient client, WebClient unobserved, boolean observed, boolean filtered,
		Consumer<Throwable> failed) {

	/** A client without handlers. */
	public static VendorClient of(WebClient client) {
		return new VendorClient(client, client, false, false, (ex) -> {
		});
	}

}
