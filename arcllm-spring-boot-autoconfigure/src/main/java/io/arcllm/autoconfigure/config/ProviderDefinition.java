package io.arcllm.autoconfigure.config;

import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

import io.arcllm.Parameter;
import io.arcllm.autoconfigure.config.ProviderProperties.Defaults;
import io.arcllm.autoconfigure.config.ProviderProperties.Http;
import io.arcllm.autoconfigure.config.ProviderProperties.Model;
import io.arcllm.autoconfigure.config.ProviderProperties.OnUnsupported;
import io.arcllm.provider.ModelCatalog;
import io.arcllm.provider.ModelTraits;
import io.arcllm.provider.PromptCache;
import org.jspecify.annotations.Nullable;

/**
 * What a provider is in the end: what is configured, over the preset of its name.
 *
 * @param name its name under {@code arcllm.providers}
 * @param type its wire format: anthropic, openai or ollama; or the library that its beans
 * are of
 * @param beans the beans that are asked; none where it is asked by a wire format
 * @param baseUrl where it is, without a slash at the end; empty for beans
 * @param keys its keys: the configured ones, else that of the preset's variable
 * @param keyVariables the environment variables that may hold the key
 * @param keyRequired whether it needs a key
 * @param model asked when a request names none
 * @param headers extra headers
 * @param options extra fields of the body
 * @param defaults what is sent when a request leaves it out
 * @param models what is known about its models
 * @param http how it is connected to
 * @param quirks how it differs from its wire format
 * @param acceptsPrefix whether it continues an unfinished turn of its own
 * @param onUnsupported what happens to a parameter that the first target does not take
 * @param promptCache how prompts are kept in the vendor's cache
 * @param known what is known of models: by their names, and of the vendor as a whole
 * @param keySettings when a refused key is tried again, and how long one may take to come
 * @param labels what a chain may ask for
 */
public record ProviderDefinition(String name, String type, @Nullable Beans beans, String baseUrl, List<String> keys,
		List<String> keyVariables, boolean keyRequired, @Nullable String model, Map<String, String> headers,
		Map<String, Object> options, Defaults defaults, List<Model> models, Http http, Set<String> quirks,
		boolean acceptsPrefix, OnUnsupported onUnsupported, PromptCache promptCache, Known known,
		ProviderProperties.Keys keySettings, List<String> labels) {

	/**
	 * Models of another library that are beans of the application.
	 *
	 * @param bean the name of the bean that is asked
	 * @param streaming the name of the one beside it that streams, if there is one
	 */
	public record Beans(String bean, @Nullable String streaming) {

		/** Instead of a name: the only bean that can be asked. */
		static final String ONLY = "*";

		/** Whether the only bean of the library's type is asked, whatever its name. */
		public boolean isOnly() {
			return this.bean.equals(ONLY);
		}
	}

	/**
	 * What is known of a vendor's models beforehand.
	 *
	 * @param preset the vendor, or {@code null}
	 * @param catalog the models by name
	 * @param unsupported what none of the vendor's models takes
	 */
	public record Known(@Nullable String preset, ModelCatalog catalog, Set<Parameter> unsupported) {

		ModelTraits find(@Nullable String model) {
			ModelTraits traits = this.catalog.find(model);
			return this.unsupported.isEmpty() ? traits : traits.andNot(this.unsupported);
		}
	}

	private static final Set<String> FRONTS = Set.of("openrouter", "huggingface");

	/** Whether it has no key but needs one. */
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
		return url.getScheme().toLowerCase(Locale.ROOT) + "://" + url.getHost().toLowerCase(Locale.ROOT) + ":" + port;
	}

	/** Whether models of many vendors are asked at the same host. */
	public boolean frontsManyVendors() {
		String endpoint = endpoint();
		return FRONTS.contains(this.name) || (this.known.preset() != null && FRONTS.contains(this.known.preset()))
				|| (endpoint != null && (endpoint.contains("openrouter.ai:") || endpoint.contains("huggingface.co:")));
	}

	/** Whether it is asked over TLS. */
	public boolean isEncrypted() {
		return this.beans == null && this.baseUrl.regionMatches(true, 0, "https:", 0, 6);
	}

	/**
	 * What is known of a model: what is configured, over what is shipped.
	 */
	public ModelTraits traits(@Nullable String model) {
		ModelTraits known = this.known.find(model);
		for (Model row : this.models) {
			if (row.name().equals(model)) {
				return row.over(known);
			}
		}
		return known;
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
