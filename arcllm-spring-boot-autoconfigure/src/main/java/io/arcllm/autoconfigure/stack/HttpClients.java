package io.arcllm.autoconfigure.stack;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

import io.arcllm.autoconfigure.config.ConfigMistake;
import io.arcllm.autoconfigure.config.Nearest;
import io.arcllm.autoconfigure.config.ProviderDefinition;
import io.arcllm.autoconfigure.config.ProviderProperties;
import io.arcllm.module.Hook;
import io.arcllm.provider.http.ApplicationFilters;
import io.arcllm.provider.http.ConnectionGuard;
import io.arcllm.provider.http.NettyVersions;
import io.arcllm.provider.http.SharedLoops;
import io.arcllm.provider.http.VendorClient;
import io.micrometer.observation.ObservationRegistry;
import io.netty.handler.ssl.SslContextBuilder;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import reactor.core.Exceptions;
import reactor.core.scheduler.Schedulers;
import reactor.netty.http.Http11SslContextSpec;
import reactor.netty.http.Http2SslContextSpec;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;
import reactor.netty.tcp.SslProvider;
import reactor.netty.transport.ProxyProvider;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.InitializingBean;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.HttpRedirects;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.ssl.SslOptions;
import org.springframework.http.HttpHeaders;
import org.springframework.http.client.reactive.ReactorClientHttpConnector;
import org.springframework.util.MultiValueMap;
import org.springframework.web.reactive.function.client.WebClient;

/**
 * Makes the WebClient of each provider, with connections of its own.
 */
public final class HttpClients implements InitializingBean, DisposableBean {

	private static final Log logger = LogFactory.getLog(HttpClients.class);

	/** The longest time of a call on an old pool. */
	private static final Duration RETIRED_FOR = Duration.ofMinutes(30);

	private static final Duration SHORTEST_SWEEP = Duration.ofMillis(100);

	private static final Duration LONGEST_SWEEP = Duration.ofSeconds(10);

	private final ApplicationHttp application;

	private final List<LlmWebClientCustomizer> customizers;

	private final Predicate<String> written;

	private final Predicate<String> propagates;

	private final Hook customizer = new Hook("An LlmWebClientCustomizer");

	private final Hook observation = new Hook("A handler, filter or convention of the HTTP client's observations");

	/** By provider. */
	private final Map<String, Pool> pools = new ConcurrentHashMap<>();

	private final Queue<ConnectionProvider> retired = new ConcurrentLinkedQueue<>();

	/**
	 * @param application the application's settings for all clients
	 * @param customizers change the clients last
	 * @param written whether a key is configured, and not only has a default
	 * @param propagates whether trace headers are sent to a provider
	 */
	public HttpClients(ApplicationHttp application, List<LlmWebClientCustomizer> customizers, Predicate<String> written,
			Predicate<String> propagates) {
		this.application = application;
		this.customizers = customizers;
		this.written = written;
		this.propagates = propagates;
	}

	VendorClient create(ProviderDefinition definition) {
		String provider = definition.name();
		WebClient.Builder client = plain().clientConnector(connector(definition));
		ApplicationFilters.guard(client, () -> this.propagates.test(provider));
		this.customizers.forEach((one) -> this.customizer.run(() -> one.customize(provider, client)));
		boolean filtered = ApplicationFilters.note(client);
		WebClient built = client.build();
		boolean observed = this.application.observations();
		return new VendorClient(built, built.mutate().observationRegistry(ObservationRegistry.NOOP).build(), observed,
				filtered, (ex) -> this.observation.run(() -> {
					throw Exceptions.propagate(ex);
				}));
	}

	/** Runs once at start-up. */
	@Override
	public void afterPropertiesSet() {
		NettyVersions.older().forEach(logger::warn);
	}

	/** A builder with the application's filters and codecs only. */
	private WebClient.Builder plain() {
		return this.application.builder()
			.clone()
			.defaultHeaders(HttpHeaders::clear)
			.defaultCookies(MultiValueMap::clear)
			.defaultRequest((request) -> {
			});
	}

	private ReactorClientHttpConnector connector(ProviderDefinition definition) {
		ProviderProperties.Http http = definition.http();
		HttpClientSettings all = this.application.settings();
		Duration connect = connectTimeout(definition);
		SslBundle own = bundle(definition.name(), http.sslBundle());
		SslBundle bundle = (own != null) ? own : all.sslBundle();
		return this.application.connector()
			.withHttpClientFactory(() -> SharedLoops.resolving(HttpClient.create(connections(definition.name(), http))))
			.withHttpClientCustomizer((netty) -> {
				HttpClient client = SharedLoops.running(proxy(guarded(netty.disableRetry(true), http), http, connect));
				return definition.isEncrypted() ? secure(client, http, bundle, connect) : client;
			})
			.build(all.withRedirects(HttpRedirects.DONT_FOLLOW).withConnectTimeout(connect).withSslBundle(null));
	}

	private static HttpClient guarded(HttpClient netty, ProviderProperties.Http http) {
		HttpClient client = netty.doOnConnected(ConnectionGuard::install);
		// a stream of HTTP/2 is known only with its request
		HttpClient guarded = http.http2()
				? client.doOnRequest((request, connection) -> ConnectionGuard.install(connection)) : client;
		return guarded.httpResponseDecoder((spec) -> spec.maxHeaderSize((int) http.maxHeaderSize().toBytes()));
	}

	/** The provider's setting takes precedence over that of all clients. */
	private Duration connectTimeout(ProviderDefinition definition) {
		Duration all = this.application.settings().connectTimeout();
		String key = "arcllm.providers." + definition.name() + ".http.connect-timeout";
		return (all == null || this.written.test(key)) ? definition.http().connectTimeout() : all;
	}

	/** The same pool as before, unless its settings have changed. */
	private ConnectionProvider connections(String provider, ProviderProperties.Http http) {
		return this.pools.compute(provider, (name, before) -> {
			if (before != null && before.http().equals(http)) {
				return before;
			}
			if (before != null) {
				retire(before.connections());
			}
			return new Pool(http, pool(name, http));
		}).connections();
	}

	private static ConnectionProvider pool(String provider, ProviderProperties.Http http) {
		return ConnectionProvider.builder("arcllm-" + provider)
			.maxConnections(http.maxConnections())
			.pendingAcquireMaxCount(-1)
			.pendingAcquireTimeout(http.pendingAcquireTimeout())
			.maxIdleTime(http.maxIdleTime())
			.evictInBackground(sweepInterval(http.maxIdleTime()))
			.build();
	}

	/** Closes a pool after the calls under way on it. */
	private void retire(ConnectionProvider pool) {
		this.retired.add(pool);
		Schedulers.parallel().schedule(() -> {
			if (this.retired.remove(pool)) {
				pool.dispose();
			}
		}, RETIRED_FOR.toMillis(), TimeUnit.MILLISECONDS);
	}

	/** How often idle connections are closed, even if no call needs one. */
	private static Duration sweepInterval(Duration maxIdle) {
		Duration half = maxIdle.dividedBy(2);
		return (half.compareTo(SHORTEST_SWEEP) < 0) ? SHORTEST_SWEEP
				: (half.compareTo(LONGEST_SWEEP) > 0) ? LONGEST_SWEEP : half;
	}

	/** Closes all connections, idle ones included. */
	@Override
	public void destroy() {
		this.pools.values().forEach((pool) -> pool.connections().dispose());
		this.retired.forEach(ConnectionProvider::dispose);
	}

	/**
	 * Connections, and how they are made.
	 */
	private record Pool(ProviderProperties.Http http, ConnectionProvider connections) {
	}

	/**
	 * The bundle of that name.
	 * @throws ConfigMistake if there is no such bundle
	 */
	public @Nullable SslBundle bundle(String provider, @Nullable String name) {
		if (name == null) {
			return null;
		}
		SslBundles bundles = this.application.bundles();
		List<String> known = (bundles == null) ? List.of() : bundles.getBundleNames();
		if (bundles == null || !known.contains(name)) {
			String key = "arcllm.providers." + provider + ".http.ssl-bundle";
			throw new ConfigMistake(key, "'" + key + "' names '" + name + "', but there is no such SSL bundle.",
					Nearest.closeTo(name, known).map((near) -> "Did you mean '" + near + "'? ").orElse("")
							+ "SSL bundles are declared under spring.ssl.bundle.");
		}
		return bundles.getBundle(name);
	}

	/**
	 * Sets up TLS without Boot's settings, because these offer no HTTP/2 with a bundle.
	 */
	private static HttpClient secure(HttpClient netty, ProviderProperties.Http http, @Nullable SslBundle bundle,
			Duration connect) {
		if (bundle == null && !http.http2() && netty.configuration().sslProvider() != null) {
			return netty;
		}
		SslProvider.GenericSslContextSpec<SslContextBuilder> context = http.http2() ? Http2SslContextSpec.forClient()
				: Http11SslContextSpec.forClient();
		if (bundle != null) {
			context.configure((builder) -> configure(builder, bundle));
		}
		HttpClient client = http.http2() ? netty.protocol(HttpProtocol.H2, HttpProtocol.HTTP11) : netty;
		return client.secure((spec) -> spec.sslContext(context).handshakeTimeout(connect));
	}

	private static void configure(SslContextBuilder builder, SslBundle bundle) {
		builder.keyManager(bundle.getManagers().getKeyManagerFactory())
			.trustManager(bundle.getManagers().getTrustManagerFactory())
			.protocols(bundle.getOptions().getEnabledProtocols());
		if (bundle.getOptions().getCiphers() != null) {
			builder.ciphers(SslOptions.asSet(bundle.getOptions().getCiphers()));
		}
	}

	private static HttpClient proxy(HttpClient client, ProviderProperties.Http http, Duration connect) {
		ProviderProperties.Proxy proxy = http.proxy();
		String host = proxy.host();
		Integer port = proxy.port();
		return (host == null || port == null) ? client : client.proxy((spec) -> {
			ProxyProvider.Builder builder = spec.type(ProxyProvider.Proxy.HTTP)
				.host(host)
				.port(port)
				.connectTimeoutMillis(connect.toMillis());
			if (proxy.username() != null) {
				String password = Objects.requireNonNullElse(proxy.password(), "");
				builder.username(proxy.username()).password((user) -> password);
			}
		});
	}

}
