package io.arcllm.autoconfigure.config;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

import io.arcllm.Parameter;
import io.arcllm.provider.ModelTraits;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationPropertiesSource;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * One provider under {@code arcllm.providers}. What is left out comes from the preset of
 * that name.
 *
 * @param preset the known vendor that this is; without it, the vendor of the same name
 * @param type its wire format: anthropic, openai or ollama; or spring-ai or langchain4j
 * for a model that is a bean
 * @param bean the bean that is asked, for type spring-ai or langchain4j
 * @param streamingBean the StreamingChatModel of the same model, for type langchain4j
 * @param baseUrl the URL of its API: https, or http to a loopback host
 * @param allowInsecure whether http is allowed for a host that is not loopback
 * @param apiKey the key; without one, the environment variable of the preset is read
 * @param apiKeys several keys; a key that is refused is not used for a while
 * @param model the model of requests that name none
 * @param headers additional headers of every request
 * @param options additional fields in the body of every request
 * @param defaults what is sent when a request leaves it out
 * @param models what is known about its models
 * @param acceptsPrefix whether its models continue an unfinished turn of their own; known
 * for vendors with a preset
 * @param onUnsupported what happens to a parameter that the first target of a call does
 * not take: drop leaves it out, refuse makes the next target be asked
 * @param promptCache whether prompts are kept in the vendor's cache: off keeps what
 * requests mark, auto marks tools, instructions and the last turn
 * @param promptCacheLifetime how long Anthropic keeps marked prompts: 5m or 1h
 * @param http how it is connected to
 * @param modules settings of modules for this provider only; they take precedence over
 * arcllm.modules
 * @param keys when a refused key is tried again, and how long one may take to come
 * @param labels labels that a chain may require with fallback.only, such as the region of
 * the data
 */
@ConfigurationPropertiesSource
public record ProviderProperties(@Nullable String preset, @Nullable String type, @Nullable String bean,
		@Nullable String streamingBean, @Nullable String baseUrl, @DefaultValue("false") boolean allowInsecure,
		@Nullable String apiKey, @DefaultValue List<String> apiKeys, @Nullable String model,
		@DefaultValue Map<String, String> headers, @DefaultValue Map<String, Object> options,
		@DefaultValue Defaults defaults, @DefaultValue List<Model> models, @Nullable Boolean acceptsPrefix,
		@DefaultValue("drop") OnUnsupported onUnsupported, @DefaultValue("off") PromptCacheMode promptCache,
		@DefaultValue("5m") Duration promptCacheLifetime, @DefaultValue Http http,
		@DefaultValue Map<String, Object> modules, @DefaultValue Keys keys, @DefaultValue List<String> labels) {

	/**
	 * Whether prompts are kept in the vendor's cache.
	 */
	public enum PromptCacheMode {

		/** Prompts that requests mark. */
		OFF,

		/** Tools, instructions and the last turn, too. */
		AUTO

	}

	/**
	 * What happens to a parameter that a model does not take.
	 */
	public enum OnUnsupported {

		/** It is left out. */
		DROP,

		/** The request is refused, so that the next target is asked. */
		REFUSE

	}

	public ProviderProperties {
		preset = Text.orNull(preset);
		type = Text.orNull(type);
		bean = Text.orNull(bean);
		streamingBean = Text.orNull(streamingBean);
		baseUrl = Text.orNull(baseUrl);
		apiKey = Text.orNull(apiKey);
		apiKeys = apiKeys.stream().filter((key) -> !key.isBlank()).map(String::trim).toList();
		model = Text.orNull(model);
		if (!promptCacheLifetime.equals(Duration.ofMinutes(5)) && !promptCacheLifetime.equals(Duration.ofHours(1))) {
			throw new IllegalArgumentException("prompt-cache-lifetime must be 5m or 1h, was " + promptCacheLifetime);
		}
		headers.forEach(ProviderProperties::checkHeader);
	}

	/** The message leaves out the value, which may be a secret. */
	private static void checkHeader(String name, String value) {
		if (!name.matches("[!#$%&'*+.^_`|~0-9A-Za-z-]+")
				|| value.chars().anyMatch((c) -> c < ' ' && c != '\t' || c == 0x7f)) {
			throw new IllegalArgumentException("headers holds '" + name
					+ "' with characters that no header can carry: write its name in letters, digits and '-', and its value in one line");
		}
	}

	ProviderProperties withModels(List<Model> models) {
		return new ProviderProperties(this.preset, this.type, this.bean, this.streamingBean, this.baseUrl,
				this.allowInsecure, this.apiKey, this.apiKeys, this.model, this.headers, this.options, this.defaults,
				models, this.acceptsPrefix, this.onUnsupported, this.promptCache, this.promptCacheLifetime, this.http,
				this.modules, this.keys, this.labels);
	}

	ProviderProperties withOptions(Map<String, Object> options) {
		return new ProviderProperties(this.preset, this.type, this.bean, this.streamingBean, this.baseUrl,
				this.allowInsecure, this.apiKey, this.apiKeys, this.model, this.headers, options, this.defaults,
				this.models, this.acceptsPrefix, this.onUnsupported, this.promptCache, this.promptCacheLifetime,
				this.http, this.modules, this.keys, this.labels);
	}

	@Override
	public String toString() {
		return "ProviderProperties[preset=" + this.preset + ", type=" + this.type + ", baseUrl="
				+ Text.maskUrl(this.baseUrl) + ", allowInsecure=" + this.allowInsecure + ", apiKey="
				+ Text.mask(this.apiKey) + ", apiKeys=" + Text.mask(this.apiKeys) + ", model=" + this.model
				+ ", headers=" + Text.maskValues(this.headers) + ", options=" + Text.maskValues(this.options)
				+ ", defaults=" + this.defaults + ", models=" + this.models + ", http=" + this.http + ", modules="
				+ this.modules + "]";
	}

	/**
	 * What is sent when a request leaves it out.
	 *
	 * @param maxTokens the longest answer, in tokens, where the request has no limit
	 * @param temperature the temperature where the request has none
	 */
	public record Defaults(@Nullable Integer maxTokens, @Nullable Double temperature) {

		public Defaults {
			if (maxTokens != null && maxTokens < 1) {
				throw new IllegalArgumentException("max-tokens must be 1 or more, was " + maxTokens);
			}
			if (temperature != null && !(temperature >= 0 && Double.isFinite(temperature))) {
				throw new IllegalArgumentException("temperature must be a number of 0 or more, was " + temperature);
			}
		}

	}

	/**
	 * What is known about a model.
	 *
	 * @param name the name of the model, as the vendor writes it
	 * @param contextWindow how many tokens it takes, request and answer together
	 * @param maxOutput the longest answer, in tokens; a larger maxTokens is lowered to it
	 * @param unsupported what it does not take, such as temperature or tools; replaces
	 * what is known of the model
	 * @param defaults what is sent when a request leaves it out
	 * @param options additional fields in the body of requests to it
	 * @param price what a million tokens cost
	 * @param acceptsPrefix whether it continues an unfinished turn of its own, where that
	 * differs from the provider's other models
	 */
	@ConfigurationPropertiesSource
	public record Model(String name, @Nullable Integer contextWindow, @Nullable Integer maxOutput,
			@Nullable List<String> unsupported, @DefaultValue Defaults defaults,
			@DefaultValue Map<String, Object> options, @Nullable Price price, @Nullable Boolean acceptsPrefix) {

		public Model {
			if (name == null || name.isBlank()) {
				throw new IllegalArgumentException("name must be given for each of the models");
			}
			if (contextWindow != null && contextWindow < 1) {
				throw new IllegalArgumentException("context-window must be 1 or more, was " + contextWindow);
			}
			if (maxOutput != null && maxOutput < 1) {
				throw new IllegalArgumentException("max-output must be 1 or more, was " + maxOutput);
			}
			if (unsupported != null) {
				unsupported.forEach(Model::checkWord);
			}
		}

		Model withOptions(Map<String, Object> options) {
			return new Model(this.name, this.contextWindow, this.maxOutput, this.unsupported, this.defaults, options,
					this.price, this.acceptsPrefix);
		}

		private static void checkWord(String word) {
			if (Parameter.of(word).isEmpty()) {
				throw new IllegalArgumentException(
						"unsupported holds '" + word + "', which is not known: there are " + Parameter.words());
			}
		}

		/** What is known of this model: the configuration over the library's own row. */
		public ModelTraits over(ModelTraits known) {
			Set<Parameter> refused = (this.unsupported == null) ? known.unsupported()
					: this.unsupported.stream()
						.map((word) -> Parameter.of(word).orElseThrow())
						.collect(Collectors.toSet());
			return new ModelTraits(refused, known.thinking(), known.efforts(), known.toolIds(),
					(this.contextWindow != null) ? this.contextWindow : known.contextWindow(),
					(this.maxOutput != null) ? this.maxOutput : known.maxOutput(),
					(this.acceptsPrefix != null) ? this.acceptsPrefix : known.acceptsPrefix(), known.rules(),
					this.defaults.maxTokens(), this.defaults.temperature(), new LinkedHashMap<>(this.options));
		}

	}

	/**
	 * What a million tokens cost.
	 *
	 * @param input of a million tokens of the request
	 * @param output of a million tokens of the answer
	 * @param cacheRead of a million tokens of the request that are read from the vendor's
	 * cache
	 * @param cacheWrite of a million tokens of the request that are written to the
	 * vendor's cache
	 */
	public record Price(@Nullable BigDecimal input, @Nullable BigDecimal output, @Nullable BigDecimal cacheRead,
			@Nullable BigDecimal cacheWrite) {

		private static final BigDecimal MOST = BigDecimal.valueOf(1_000_000_000);

		public Price {
			check(input, "price.input");
			check(output, "price.output");
			check(cacheRead, "price.cache-read");
			check(cacheWrite, "price.cache-write");
		}

		private static void check(@Nullable BigDecimal price, String key) {
			if (price != null && (price.signum() < 0 || price.compareTo(MOST) > 0)) {
				throw new IllegalArgumentException(key + " must be between 0 and " + MOST + ", was " + price);
			}
		}

	}

	/**
	 * How a provider is connected to.
	 *
	 * @param connectTimeout the longest time to open a connection; applies to the socket,
	 * to the proxy and to TLS, each
	 * @param maxConnections the largest number of connections
	 * @param pendingAcquireTimeout the longest time that a request may wait for a
	 * connection
	 * @param maxResponseSize the largest answer
	 * @param sslBundle the name of the SSL bundle with its certificates
	 * @param proxy the proxy in between
	 * @param http2 whether HTTP/2 is offered to hosts with https
	 * @param maxIdleTime the longest time that a connection may be unused before it is
	 * closed
	 * @param maxHeaderSize the largest head of an answer
	 */
	public record Http(@DefaultValue("10s") Duration connectTimeout, @DefaultValue("64") int maxConnections,
			@DefaultValue("10s") Duration pendingAcquireTimeout, @DefaultValue("16MB") DataSize maxResponseSize,
			@Nullable String sslBundle, @DefaultValue Proxy proxy, @DefaultValue("false") boolean http2,
			@DefaultValue("50s") Duration maxIdleTime, @DefaultValue("32KB") DataSize maxHeaderSize) {

		public Http {
			sslBundle = Text.orNull(sslBundle);
			positive(!connectTimeout.isNegative() && !connectTimeout.isZero(), "connect-timeout", connectTimeout);
			positive(maxConnections > 0, "max-connections", maxConnections);
			positive(!pendingAcquireTimeout.isNegative() && !pendingAcquireTimeout.isZero(), "pending-acquire-timeout",
					pendingAcquireTimeout);
			positive(maxResponseSize.toBytes() > 0, "max-response-size", maxResponseSize);
			positive(!maxIdleTime.isNegative() && !maxIdleTime.isZero(), "max-idle-time", maxIdleTime);
			positive(maxHeaderSize.toBytes() > 0, "max-header-size", maxHeaderSize);
			if (maxHeaderSize.toBytes() > Integer.MAX_VALUE) {
				throw new IllegalArgumentException("max-header-size must be less than 2GB, was " + maxHeaderSize);
			}
		}

		private static void positive(boolean right, String key, Object value) {
			if (!right) {
				throw new IllegalArgumentException(key + " must be more than zero, was " + value);
			}
		}

	}

	/**
	 * The proxy between here and a provider.
	 *
	 * @param host the host of the proxy; without one, no proxy is used
	 * @param port the port of the proxy
	 * @param username the user for the proxy
	 * @param password the password for the proxy
	 */
	public record Proxy(@Nullable String host, @Nullable Integer port, @Nullable String username,
			@Nullable String password) {

		public Proxy {
			host = Text.orNull(host);
			username = Text.orNull(username);
			password = Text.orNull(password);
			if (host != null && port == null) {
				throw new IllegalArgumentException("port must be given with the proxy's host");
			}
			if (host != null && !host.matches("[^\\s/@]+")) {
				throw new IllegalArgumentException(
						"host must be the name of a host alone, such as proxy.example.com, was '" + host + "'");
			}
			if (port != null && (port < 1 || port > 65535)) {
				throw new IllegalArgumentException("port must be between 1 and 65535, was " + port);
			}
		}

		@Override
		public String toString() {
			return "Proxy[host=" + this.host + ", port=" + this.port + ", username=" + this.username + ", password="
					+ Text.mask(this.password) + "]";
		}

	}

	/**
	 * How keys are treated.
	 *
	 * @param retryAfter when a refused key is tried again by one call, and the longest
	 * pause of one after a rate limit; an answer makes it usable at once
	 * @param supplierTimeout the longest time that an ApiKeySupplier may take
	 */
	public record Keys(@DefaultValue("5m") Duration retryAfter, @DefaultValue("10s") Duration supplierTimeout) {

		public Keys {
			if (retryAfter.isNegative() || retryAfter.isZero()) {
				throw new IllegalArgumentException("keys.retry-after must be longer than zero, was " + retryAfter);
			}
			if (supplierTimeout.isNegative() || supplierTimeout.isZero()) {
				throw new IllegalArgumentException(
						"keys.supplier-timeout must be longer than zero, was " + supplierTimeout);
			}
		}

	}

}
