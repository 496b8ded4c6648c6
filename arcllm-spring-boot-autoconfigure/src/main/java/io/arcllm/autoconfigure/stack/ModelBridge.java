package io.arcllm.autoconfigure.stack;

import io.arcllm.LlmProvider;
import io.arcllm.autoconfigure.config.ProviderDefinition;

/**
 * Makes providers from the models of another library.
 */
public interface ModelBridge {

	/** The name of the library in {@code type} of a provider. */
	String type();

	/**
	 * Checks that the definition's beans exist, without creating them.
	 * @throws io.arcllm.LlmConfigException if one does not exist or has another type
	 */
	void check(ProviderDefinition definition);

	/**
	 * The provider that asks the definition's beans.
	 */
	LlmProvider provider(ProviderDefinition definition);

	/**
	 * How often the library itself may repeat a request to that provider, inside our
	 * attempts: 0 if it does not, or if that is not known.
	 */
	default int ownRetries(ProviderDefinition definition) {
		return 0;
	}

}
