package io.arcllm.autoconfigure.config;

import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

import io.arcllm.autoconfigure.config.ProviderProperties.Defaults;
import io.arcllm.autoconfigure.config.ProviderProperties.Http;
import io.arcllm.autoconfigure.config.ProviderProperties.Model;
import org.jspecify.annotations.Nullable;

/**
 * What a provider is in the end: what is configured, over the preset of its name.
 *
 * @param name its name under {@code arcllm.providers}
 * @param type its wire format: anthropic, openai or ollama
 * @param baseUrl where it is, without a slash at the end
 * @param keys its keys: the configured ones, else that of the preset's variable
 * @param keyVariables the environment variables that may hold the key
 * @param keyRequired whether it answers nobody without a key
 * @param model asked when a request names none
 * @param headers extra headers
 * @param options extra fields of the body
 * @param defaults what is sent when a request leaves it out
 * @param models what is known about its models
 * @param http how it is connected to
 * @param quirks how it differs from its wire format
 * @param acceptsPrefix whether it goes on from the beginning of its own turn
 */
public record ProviderDefinition(String name, String type, String baseUrl, List<String> keys, List<String> keyVariables,
		boolean keyRequired, @Nullable String model, Map<String, String> headers, Map<String, Object> options,
		Defaults defaults, List<Model> models, Http http, Set<String> quirks, boolean acceptsPrefix) {

	private static final Set<String> FRONTS = Set.of("openrouter", "huggingface");

	/** Whether it has no key and answers nobody without one. */
	public boolean missingKey() {
		return this.keyRequired && this.keys.isEmpty();
	}

	/** The scheme, host and port that it shares with whatever else is asked there. */
	public @Nullable String endpoint() {
		URI url = URI.create(this.baseUrl);
		if (url.getHost() == null) {
			return null;
		}
		int port = (url.getPort() >= 0) ? url.getPort() : isEncrypted() ? 443 : 80;
		return url.getScheme().toLowerCase(Locale.ROOT) + "://" + url.getHost() + ":" + port;
	}

	/** Whether models of many vendors are asked at the same host. */
	public boolean frontsManyVendors() {
		String endpoint = endpoint();
		return FRONTS.contains(this.name)
				|| (endpoint != null && (endpoint.contains("openrouter.ai:") || endpoint.contains("huggingface.co:")));
	}

	/** Whether it is asked over TLS. */
	public boolean isEncrypted() {
		return this.baseUrl.regionMatches(true, 0, "https:", 0, 6);
	}

	/** By model, the longest answer that it can give. */
	public Map<String, Integer> maxOutput() {
		Map<String, Integer> most = new LinkedHashMap<>();
		for (Model model : this.models) {
			if (model.maxOutput() != null) {
				most.put(model.name(), model.maxOutput());
			}
		}
		return most;
	}

	/** How a missing key is mended. */
	public String keyMend() {
		String key = "set arcllm.providers." + this.name + ".api-key";
		return this.keyVariables.isEmpty() ? key
				: key + " or the environment variable " + String.join(" or ", this.keyVariables);
	}

	@Override
	public String toString() {
		return "ProviderDefinition[name=" + this.name + ", type=" + this.type + ", baseUrl="
				+ Text.maskUrl(this.baseUrl) + ", keys=" + Text.mask(this.keys) + ", model=" + this.model + "]";
	}

}
