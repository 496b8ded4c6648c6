package io.arcllm.autoconfigure.stack;

import org.springframework.web.reactive.function.client.WebClient;

/**
 * Changes the WebClient of a provider. A bean of this type is called once for each
 * provider, when its client is made.
 */
@FunctionalInterface
public interface LlmWebClientCustomizer {

	/**
	 * Changes the client before it is built.
	 * @param provider the provider's name
	 */
	void customize(String provider, WebClient.Builder builder);

}
