package io.arcllm.autoconfigure.stack;

import io.arcllm.LlmProvider;
import io.arcllm.autoconfigure.config.ProviderDefinition;

/**
 * Makes providers of the models that another library has as beans.
 */
public interface ModelBridge {

	/** The library, as {@code type} of a provider names it. */
	String type();

	/**
	 * Whether the definition's beans are there. Makes none of them.
	 * @throws io.arcllm.LlmConfigException if one is not, or is of another type
	 */
	void check(ProviderDefinition definition);

	/**
	 * The provider that asks the definition's beans.
	 */
	LlmProvider provider(ProviderDefinition definition);

	/**
	 * How often a request to that provider may be repeated by the library itself,
	 * underneath ours: 0 where it is not, or where that is not known.
	 */
	default int ownRetries(ProviderDefinition definition) {
		return 0;
	}

}
