package io.arcllm.autoconfigure.config;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;

import io.arcllm.autoconfigure.config.ProviderDefinition.Known;
import io.arcllm.autoconfigure.config.ProviderProperties.PromptCacheMode;
import io.arcllm.provider.Preset;
import io.arcllm.provider.Presets;
import io.arcllm.provider.PromptCache;
import org.jspecify.annotations.Nullable;

import org.springframework.core.env.Environment;

/**
 * The configured providers, each completed by its preset and checked.
 */
public final class ProviderDefinitions {

	private static final List<String> LIBRARIES = List.of("spring-ai", "langchain4j");

	private static final List<String> TYPES = Stream.concat(Presets.FORMATS.stream(), LIBRARIES.stream()).toList();

	private final Presets presets;

	private final Environment environment;

	private volatile Map<String, ProviderDefinition> definitions;

	/**
	 * @throws io.arcllm.LlmConfigException if the configuration of a provider is wrong
	 */
	public ProviderDefinitions(Map<String, ProviderProperties> providers, Presets presets, Environment environment) {
		this.presets = presets;
		this.environment = environment;
		Map<String, ProviderDefinition> definitions = new LinkedHashMap<>();
		providers.forEach((name, configured) -> definitions.put(name, resolve(name, configured)));
		this.definitions = definitions;
	}

	/** Applies new providers. */
	public void use(ProviderDefinitions newer) {
		this.definitions = newer.definitions;
	}

	/** All providers, in the order in which they are declared. */
	public Collection<ProviderDefinition> all() {
		return this.definitions.values();
	}

	/** The provider of that name. */
	public @Nullable ProviderDefinition find(String name) {
		return this.definitions.get(name);
	}

	/** Whether the provider is configured, and needs a key and has none. */
	boolean missingKey(String name) {
		ProviderDefinition definition = find(name);
		return definition != null && definition.missingKey();
	}

	private ProviderDefinition resolve(String name, ProviderProperties configured) {
		String key = "arcllm.providers." + name;
		checkName(name);
		String vendor = vendor(key, name, configured);
		String type = type(key, vendor, configured);
		if (LIBRARIES.contains(type)) {
			return bean(key, name, type, configured);
		}
		BeanProviders.requireNone(key, type, configured);
		Preset preset = preset(vendor, type, configured);
		String url = configured.baseUrl();
		String baseUrl = BaseUrl.check(key, (url != null) ? url : preset.baseUrl(), configured.allowInsecure());
		Known known = new Known(this.presets.find(vendor).isPresent() ? vendor : null, this.presets.models(),
				preset.refused());
		return new ProviderDefinition(name, type, null, baseUrl, keys(configured, preset), preset.keyVariables(),
				preset.keyRequired(), (configured.model() != null) ? configured.model() : preset.model(),
				configured.headers(), configured.options(), configured.defaults(), configured.models(),
				configured.http(), preset.quirks(),
				(configured.acceptsPrefix() != null) ? configured.acceptsPrefix() : preset.acceptsPrefix(),
				configured.onUnsupported(),
				new PromptCache(configured.promptCache() == PromptCacheMode.AUTO, configured.promptCacheLifetime()),
				known, configured.keys(), configured.labels());
	}

	/**
	 * The known vendor of a provider: its {@code preset}, else the vendor of its own
	 * name.
	 */
	private String vendor(String key, String name, ProviderProperties configured) {
		String preset = configured.preset();
		if (preset == null) {
			return name;
		}
		Preset known = this.presets.find(preset)
			.orElseThrow(() -> new ConfigMistake(key + ".preset",
					"'" + key + ".preset' is '" + preset + "', which is not a vendor that is known by name.",
					Nearest.closeTo(preset, this.presets.names())
						.map((near) -> "Did you mean '" + near + "'? ")
						.orElse("") + "Known: " + String.join(", ", this.presets.names()) + "."));
		if (configured.type() != null && !configured.type().equals(known.type())) {
			throw new ConfigMistake(key + ".type", "'" + key + ".type' is '" + configured.type() + "', but '" + preset
					+ "' speaks '" + known.type() + "'.", "Remove " + key + ".type, or " + key + ".preset.");
		}
		return preset;
	}

	/**
	 * Warnings about missing keys and models, and about known vendors without their
	 * preset; each begins with the whole key.
	 * @param keysAreBrought whether there is an {@code ApiKeySupplier} bean
	 */
	public List<String> warnings(boolean keysAreBrought) {
		List<String> warnings = new ArrayList<>();
		for (ProviderDefinition definition : all()) {
			String prefix = "arcllm.providers." + definition.name() + ".";
			unknownVendor(definition, prefix, warnings);
			if (definition.missingKey() && !keysAreBrought) {
				warnings.add(prefix + "api-key is not set, so the provider cannot be asked and chains pass over it: "
						+ definition.keyMend());
			}
			if (definition.model() == null && definition.beans() == null) {
				warnings.add(prefix + "model is not set: set it, or name a model in each request");
			}
		}
		return warnings;
	}

	private void unknownVendor(ProviderDefinition definition, String prefix, List<String> warnings) {
		if (definition.known().preset() != null || definition.beans() != null) {
			return;
		}
		String host = URI.create(definition.baseUrl()).getHost();
		if (host != null) {
			this.presets.at(host)
				.ifPresent((vendor) -> warnings.add(prefix + "base-url is that of the known vendor '" + vendor
						+ "', but what is known of it is not used: set " + prefix + "preset to '" + vendor + "'"));
		}
	}

	private ProviderDefinition bean(String key, String name, String type, ProviderProperties configured) {
		return new ProviderDefinition(name, type, BeanProviders.beans(key, type, configured), "", List.of(), List.of(),
				false, configured.model(), Map.of(), Map.of(), configured.defaults(), configured.models(),
				configured.http(), Set.of(), Boolean.TRUE.equals(configured.acceptsPrefix()),
				configured.onUnsupported(), new PromptCache(false, configured.promptCacheLifetime()),
				new Known(null, this.presets.models(), Set.of()), configured.keys(), configured.labels());
	}

	static void checkName(String name) {
		if (UnknownKeys.isIndex(name)) {
			throw new ConfigMistake("arcllm.providers", "'arcllm.providers' is a list, but must be a map.",
					"Write the name of each provider, a colon and its settings beneath it, without a dash before it.");
		}
		if (!isName(name)) {
			throw new ConfigMistake("arcllm.providers." + name,
					"'arcllm.providers." + name + "': '" + name + "' cannot be the name of a provider.",
					"Write a lower case letter, then up to 63 lower case letters, digits and '-'.");
		}
	}

	private String type(String key, String name, ProviderProperties configured) {
		String type = configured.type();
		if (type == null) {
			return this.presets.find(name)
				.map(Preset::type)
				.orElseThrow(() -> new ConfigMistake(key + ".type",
						"'" + key + ".type' is not set, and '" + name + "' is not a vendor that is known by name.",
						"Set " + key + ".type to one of " + String.join(", ", TYPES) + " and " + key
								+ ".base-url, or use a known name"
								+ Nearest.closeTo(name, this.presets.names())
									.map((near) -> " (did you mean '" + near + "'?)")
									.orElse("")
								+ ": " + String.join(", ", this.presets.names()) + "."));
		}
		if (!TYPES.contains(type)) {
			throw new ConfigMistake(key + ".type", "'" + key + ".type' is '" + type + "', which is not known.",
					"Did you mean '" + Nearest.to(type, TYPES).orElseThrow() + "'? Known: " + String.join(", ", TYPES)
							+ ".");
		}
		return type;
	}

	/**
	 * The preset of the name; that of the type only if no URL is set, so that a vendor's
	 * key is never sent to another host.
	 */
	private Preset preset(String name, String type, ProviderProperties configured) {
		Preset named = this.presets.find(name).filter((preset) -> preset.type().equals(type)).orElse(null);
		if (named != null) {
			return named;
		}
		return (configured.baseUrl() == null) ? this.presets.find(type).orElse(Preset.none()) : Preset.none();
	}

	private List<String> keys(ProviderProperties configured, Preset preset) {
		Set<String> keys = new LinkedHashSet<>(configured.apiKeys());
		if (configured.apiKey() != null) {
			List<String> first = new ArrayList<>(List.of(configured.apiKey()));
			first.addAll(keys);
			keys = new LinkedHashSet<>(first);
		}
		keys.removeIf((key) -> key.startsWith("${"));
		if (keys.isEmpty()) {
			preset.keyVariables()
				.stream()
				.map((variable) -> Text.orNull(this.environment.getProperty(variable)))
				.filter(Objects::nonNull)
				.findFirst()
				.ifPresent(keys::add);
		}
		return List.copyOf(keys);
	}

	/**
	 * Whether the name is valid for a configured provider; beans of the application may
	 * have other names.
	 */
	static boolean isName(String name) {
		return Presets.isName(name);
	}

	/**
	 * Checks base URLs, so that keys and prompts are not sent unencrypted.
	 */
	private static final class BaseUrl {

		private static final int LAST_PORT = 65535;

		private BaseUrl() {
		}

		/**
		 * The URL without a slash at the end.
		 * @param provider the key of the provider, such as
		 * {@code arcllm.providers.openai}
		 */
		static String check(String provider, @Nullable String url, boolean allowInsecure) {
			String key = provider + ".base-url";
			if (url == null) {
				throw new ConfigMistake(key, "'" + key + "' is not set, and none is known beforehand.",
						"Set " + key + ", such as https://llm.example.com/v1.");
			}
			URI uri = parse(key, url);
			String scheme = uri.getScheme().toLowerCase(Locale.ROOT);
			if (scheme.equals("http") && !isLoopback(uri.getHost()) && !allowInsecure) {
				throw new ConfigMistake(key,
						"'" + key + "' is " + Text.maskUrl(url)
								+ ": keys and prompts would travel unencrypted to a host that is not this one.",
						"Use https, or set " + provider + ".allow-insecure=true if the network can be trusted.");
			}
			return url.replaceAll("/+$", "");
		}

		private static URI parse(String key, String url) {
			try {
				URI uri = new URI(url);
				if (uri.getHost() != null && uri.getPort() <= LAST_PORT
						&& ("https".equalsIgnoreCase(uri.getScheme()) || "http".equalsIgnoreCase(uri.getScheme()))) {
					return uri;
				}
			}
			catch (URISyntaxException ex) {
				// reported below, without the message of the exception, which repeats the
				// URL
			}
			throw new ConfigMistake(key, "'" + key + "' is not a URL: '" + Text.maskUrl(url) + "'.",
					"Write the scheme, the host and the path, such as https://llm.example.com/v1.");
		}

		private static boolean isLoopback(String host) {
			String name = host.toLowerCase(Locale.ROOT);
			return name.equals("localhost") || name.endsWith(".localhost") || name.matches("127(\\.\\d{1,3}){3}")
					|| name.equals("[::1]") || name.equals("[0:0:0:0:0:0:0:1]");
		}

	}

}
