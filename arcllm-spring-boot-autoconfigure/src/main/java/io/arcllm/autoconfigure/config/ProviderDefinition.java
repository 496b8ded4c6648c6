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
 * The effective settings of a provider: its configuration over its preset.
 *
 * @param name its name under {@code arcllm.providers}
 * @param type its wire format: anthropic, openai or ollama; or the library of its beans
 * @param beans the beans that are asked; {@code null} with a wire format
 * @param baseUrl the URL of its API, without a slash at the end; empty for beans
 * @param keys its keys: the configured ones, else the key in the preset's variable
 * @param keyVariables the environment variables that may have the key
 * @param keyRequired whether it needs a key
 * @param model the model of requests that name none
 * @param headers extra headers
 * @param options extra fields of the body
 * @param defaults what is sent when a request leaves it out
 * @param models what is known about its models
 * @param http how it is connected to
 * @param quirks how it differs from its wire format
 * @param acceptsPrefix whether it continues an unfinished turn of its own
 * @param onUnsupported what happens to a parameter that the first target does not take
 * @param promptCache how prompts are kept in the vendor's cache
 * @param known what is known of its models and of the vendor
 * @param keySettings when a refused key is tried again, and how long a supplier may take
 * @param labels labels that a chain may require
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
	 * @param streaming the name of a second bean that streams, or {@code null}
	 */
	public record Beans(String bean, @Nullable String streaming) {

		/** In place of a name: the only bean of the type. */
		static final String ONLY = "*";

		/** Whether the only bean of the library's type is asked. */
		public boolean isOnly() {
			return this.bean.equals(ONLY);
		}
	}

	/**
	 * What is known of a vendor's models.
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

	/** Whether it needs a key and has none. */
	public boolean missingKey() {
		return this.keyRequired && this.keys.isEmpty();
	}

	/** The scheme, host and port, which other providers may share. */
	public @Nullable String endpoint() {
		URI url = URI.create(this.baseUrl);
		if (url.getHost() == null) {
			return null;
		}
		int port = (url.getPort() >= 0) ? url.getPort() : isEncrypted() ? 443 : 80;
		return url.getScheme().toLowerCase(Locale.ROOT) + "://" + url.getHost().toLowerCase(Locale.ROOT) + ":" + port;
	}

	/** Whether the host serves models of many vendors. */
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
	 * What is known of a model: the configuration over the library's own rows.
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

	/** What to set if the key is missing. */
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
