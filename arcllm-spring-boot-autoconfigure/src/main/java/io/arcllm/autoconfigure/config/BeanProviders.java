package io.arcllm.autoconfigure.config;

import java.util.LinkedHashMap;
import java.util.Map;

import io.arcllm.autoconfigure.config.ProviderDefinition.Beans;

/**
 * Checks the settings of a provider that is a bean of another library.
 */
final class BeanProviders {

	private BeanProviders() {
	}

	/**
	 * The beans of the provider.
	 * @param key where the provider is written
	 */
	static Beans beans(String key, String type, ProviderProperties configured) {
		Map<String, Boolean> useless = new LinkedHashMap<>();
		useless.put("base-url", configured.baseUrl() != null);
		useless.put("api-key", configured.apiKey() != null);
		useless.put("api-keys", !configured.apiKeys().isEmpty());
		useless.put("headers", !configured.headers().isEmpty());
		useless.put("options", !configured.options().isEmpty());
		useless.put("streaming-bean", configured.streamingBean() != null && type.equals("spring-ai"));
		useless.forEach((setting, written) -> {
			if (written) {
				throw new ConfigMistake(key + "." + setting,
						"'" + key + "." + setting + "' does nothing for a provider of type " + type + ".",
						"Remove it: the bean has its own.");
			}
		});
		String bean = configured.bean();
		if (bean == null) {
			throw new ConfigMistake(key + ".bean",
					"'" + key + ".bean' is not set, and the provider is of type " + type + ".",
					"Set it to the name of the "
							+ (type.equals("spring-ai") ? "ChatModel" : "ChatModel or StreamingChatModel")
							+ " bean that is to be asked.");
		}
		return new Beans(bean, configured.streamingBean());
	}

	/** Refuses beans for a provider with a wire format. */
	static void requireNone(String key, String type, ProviderProperties configured) {
		String setting = (configured.bean() != null) ? "bean"
				: (configured.streamingBean() != null) ? "streaming-bean" : null;
		if (setting != null) {
			throw new ConfigMistake(key + "." + setting,
					"'" + key + "." + setting + "' does nothing for a provider of type " + type + ".",
					"Remove it, or set " + key + ".type to spring-ai or langchain4j.");
		}
	}

}
