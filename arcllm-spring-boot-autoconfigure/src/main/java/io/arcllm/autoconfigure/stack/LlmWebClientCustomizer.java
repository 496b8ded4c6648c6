package io.arcllm.autoconfigure.stack;

import org.springframework.web.reactive.function.client.WebClient;

/**
 * Changes the WebClient of a provider: a bean of this type is asked once for each
 * provider that is used.
 */
@FunctionalInterface
public interface LlmWebClientCustomizer {

	/**
	 * Changes the client before it is built.
	 * @param provider the provider's name
	 */
	void customize(String provider, WebClient.Builder builder);

}
