package io.arcllm.autoconfigure.stack;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

import io.arcllm.autoconfigure.config.ConfigMistake;
import io.arcllm.autoconfigure.config.Nearest;
import io.arcllm.autoconfigure.config.ProviderDefinition;
import io.arcllm.autoconfigure.config.ProviderProperties;
import io.netty.handler.ssl.SslContextBuilder;
import org.jspecify.annotations.Nullable;
import reactor.netty.http.Http11SslContextSpec;
import reactor.netty.http.Http2SslContextSpec;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;
import reactor.netty.tcp.SslProvider;
import reactor.netty.transport.ProxyProvider;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.HttpRedirects;
import org.springframework.boot.http.client.reactive.ClientHttpConnectorBuilder;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.ssl.SslOptions;
import org.springframework.web.reactive.function.client.WebClient;

/**
 * Makes the WebClient of each provider, with connections of its own.
 */
public final class HttpClients implements DisposableBean {

	private final WebClient.Builder builder;

	private final @Nullable SslBundles bundles;

	private final List<LlmWebClientCustomizer> customizers;

	private final Queue<ConnectionProvider> pools = new ConcurrentLinkedQueue<>();

	/**
	 * @param builder the application's; it is cloned
	 * @param bundles the application's certificates
	 * @param customizers have the last word
	 */
	public HttpClients(WebClient.Builder builder, @Nullable SslBundles bundles,
			List<LlmWebClientCustomizer> customizers) {
		this.builder = builder;
		this.bundles = bundles;
		this.customizers = customizers;
	}

	WebClient create(ProviderDefinition definition) {
		String provider = definition.name();
		ProviderProperties.Http http = definition.http();
		HttpClientSettings settings = HttpClientSettings.defaults()
			.withConnectTimeout(http.connectTimeout())
			.withRedirects(HttpRedirects.DONT_FOLLOW);
		SslBundle bundle = bundle(provider, http.sslBundle());
		WebClient.Builder client = this.builder.clone()
			.clientConnector(ClientHttpConnectorBuilder.reactor()
				.withHttpClientFactory(() -> HttpClient.create(connections(provider, http)))
				.withHttpClientCustomizer((netty) -> proxy(definition.isEncrypted()
						? secure(netty.disableRetry(true), http, bundle) : netty.disableRetry(true), http))
				.build(settings));
		this.customizers.forEach((customizer) -> customizer.customize(provider, client));
		return client.build();
	}

	private ConnectionProvider connections(String provider, ProviderProperties.Http http) {
		ConnectionProvider pool = ConnectionProvider.builder("arcllm-" + provider)
			.maxConnections(http.maxConnections())
			.pendingAcquireMaxCount(-1)
			.pendingAcquireTimeout(http.pendingAcquireTimeout())
			.maxIdleTime(Duration.ofSeconds(50))
			.build();
		this.pools.add(pool);
		return pool;
	}

	/** Closes all connections, also those that nobody has asked over for a while. */
	@Override
	public void destroy() {
		this.pools.forEach(ConnectionProvider::dispose);
	}

	/**
	 * The bundle of that name.
	 * @throws ConfigMistake if there is none
	 */
	public @Nullable SslBundle bundle(String provider, @Nullable String name) {
		if (name == null) {
			return null;
		}
		List<String> known = (this.bundles == null) ? List.of() : this.bundles.getBundleNames();
		if (this.bundles == null || !known.contains(name)) {
			String key = "arcllm.providers." + provider + ".http.ssl-bundle";
			throw new ConfigMistake(key, "'" + key + "' names '" + name + "', but there is no such SSL bundle.",
					Nearest.closeTo(name, known).map((near) -> "Did you mean '" + near + "'? ").orElse("")
							+ "SSL bundles are declared under spring.ssl.bundle.");
		}
		return this.bundles.getBundle(name);
	}

	/** Not by Boot's settings: with them a bundle offers no HTTP/2. */
	private static HttpClient secure(HttpClient netty, ProviderProperties.Http http, @Nullable SslBundle bundle) {
		SslProvider.GenericSslContextSpec<SslContextBuilder> context = http.http2() ? Http2SslContextSpec.forClient()
				: Http11SslContextSpec.forClient();
		if (bundle != null) {
			context.configure((builder) -> configure(builder, bundle));
		}
		HttpClient client = http.http2() ? netty.protocol(HttpProtocol.H2, HttpProtocol.HTTP11) : netty;
		return client.secure((spec) -> spec.sslContext(context).handshakeTimeout(http.connectTimeout()));
	}

	private static void configure(SslContextBuilder builder, SslBundle bundle) {
		builder.keyManager(bundle.getManagers().getKeyManagerFactory())
			.trustManager(bundle.getManagers().getTrustManagerFactory())
			.protocols(bundle.getOptions().getEnabledProtocols());
		if (bundle.getOptions().getCiphers() != null) {
			builder.ciphers(SslOptions.asSet(bundle.getOptions().getCiphers()));
		}
	}

	private static HttpClient proxy(HttpClient client, ProviderProperties.Http http) {
		ProviderProperties.Proxy proxy = http.proxy();
		String host = proxy.host();
		Integer port = proxy.port();
		return (host == null || port == null) ? client : client.proxy((spec) -> {
			ProxyProvider.Builder builder = spec.type(ProxyProvider.Proxy.HTTP)
				.host(host)
				.port(port)
				.connectTimeoutMillis(http.connectTimeout().toMillis());
			if (proxy.username() != null) {
				String password = Objects.requireNonNullElse(proxy.password(), "");
				builder.username(proxy.username()).password((user) -> password);
			}
		});
	}

}
