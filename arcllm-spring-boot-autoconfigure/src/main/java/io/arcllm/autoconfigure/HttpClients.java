package io.arcllm.autoconfigure;

import java.time.Duration;
import java.util.List;

import org.jspecify.annotations.Nullable;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;
import reactor.netty.transport.ProxyProvider;

import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.HttpRedirects;
import org.springframework.boot.http.client.reactive.ClientHttpConnectorBuilder;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.web.reactive.function.client.WebClient;

/**
 * Makes the WebClient of each provider, with connections of its own.
 */
final class HttpClients {

	private final WebClient.Builder builder;

	private final @Nullable SslBundles bundles;

	private final List<LlmWebClientCustomizer> customizers;

	/**
	 * @param builder the application's; it is cloned
	 * @param bundles the application's certificates
	 * @param customizers have the last word
	 */
	HttpClients(WebClient.Builder builder, @Nullable SslBundles bundles, List<LlmWebClientCustomizer> customizers) {
		this.builder = builder;
		this.bundles = bundles;
		this.customizers = customizers;
	}

	WebClient create(String provider, ProviderProperties.Http http) {
		HttpClientSettings settings = HttpClientSettings.defaults()
			.withConnectTimeout(http.connectTimeout())
			.withRedirects(HttpRedirects.DONT_FOLLOW);
		if (http.sslBundle() != null && this.bundles != null) {
			settings = settings.withSslBundle(this.bundles.getBundle(http.sslBundle()));
		}
		WebClient.Builder client = this.builder.clone()
			.clientConnector(ClientHttpConnectorBuilder.reactor()
				.withHttpClientFactory(() -> HttpClient.create(connections(provider, http)))
				.withHttpClientCustomizer((netty) -> customize(netty, http))
				.build(settings));
		this.customizers.forEach((customizer) -> customizer.customize(provider, client));
		return client.build();
	}

	private static ConnectionProvider connections(String provider, ProviderProperties.Http http) {
		return ConnectionProvider.builder("arcllm-" + provider)
			.maxConnections(http.maxConnections())
			.pendingAcquireMaxCount(-1)
			.pendingAcquireTimeout(http.pendingAcquireTimeout())
			.maxIdleTime(Duration.ofSeconds(50))
			.build();
	}

	private static HttpClient customize(HttpClient netty, ProviderProperties.Http http) {
		HttpClient client = netty.disableRetry(true);
		if (http.http2()) {
			client = client.protocol(HttpProtocol.H2, HttpProtocol.HTTP11);
		}
		ProviderProperties.Proxy proxy = http.proxy();
		String host = proxy.host();
		Integer port = proxy.port();
		return (host == null || port == null) ? client : client.proxy((spec) -> {
			ProxyProvider.Builder builder = spec.type(ProxyProvider.Proxy.HTTP).host(host).port(port);
			if (proxy.username() != null) {
				builder.username(proxy.username()).password((user) -> proxy.password());
			}
		});
	}

}
