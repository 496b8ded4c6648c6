package io.arcllm.provider.http;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;
import java.util.function.Supplier;

import io.netty.channel.EventLoopGroup;
import io.netty.resolver.AddressResolver;
import io.netty.resolver.AddressResolverGroup;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import org.jspecify.annotations.Nullable;
import reactor.netty.http.HttpResources;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.client.HttpClientConfig;
import reactor.netty.resources.LoopResources;
import reactor.netty.transport.ProxyProvider;

/**
 * The event loops and the resolver of host names that the JVM has at the moment. When a
 * context of Spring is closed, it disposes of those of the whole JVM, and Reactor Netty
 * creates new ones: a client of another context that keeps the old ones could not connect
 * any more, and Reactor Netty itself would keep a resolver for each context.
 */
public final class SharedLoops implements LoopResources {

	private static final SharedLoops LOOPS = new SharedLoops();

	private static final Resolvers RESOLVERS = new Resolvers(() -> null);

	private SharedLoops() {
	}

	/** The client with the shared resolver, which the application may replace. */
	public static HttpClient resolving(HttpClient client) {
		return client.resolver(RESOLVERS);
	}

	/**
	 * The configured client on the shared loops, unless the application has chosen
	 * others. What is asked through a proxy is resolved by the proxy.
	 */
	public static HttpClient running(HttpClient client) {
		HttpClientConfig config = client.configuration();
		HttpClient running = (config.loopResources() instanceof HttpResources) ? client.runOn(LOOPS) : client;
		return (config.hasProxy() && config.resolver() == RESOLVERS) ? running.resolver(new Resolvers(proxy(config)))
				: running;
	}

	private static Supplier<@Nullable ProxyProvider> proxy(HttpClientConfig config) {
		Supplier<? extends ProxyProvider> supplied = config.proxyProviderSupplier();
		ProxyProvider proxy = config.proxyProvider();
		return () -> (supplied != null) ? supplied.get() : proxy;
	}

	@Override
	public EventLoopGroup onServer(boolean useNative) {
		return HttpResources.get().onServer(useNative);
	}

	@Override
	public EventLoopGroup onServerSelect(boolean useNative) {
		return HttpResources.get().onServerSelect(useNative);
	}

	@Override
	public EventLoopGroup onClient(boolean useNative) {
		return HttpResources.get().onClient(useNative);
	}

	@Override
	public boolean daemon() {
		return HttpResources.get().daemon();
	}

	/**
	 * The resolvers of the JVM at the moment.
	 */
	private static final class Resolvers extends AddressResolverGroup<InetSocketAddress> {

		private final Supplier<@Nullable ProxyProvider> proxy;

		Resolvers(Supplier<@Nullable ProxyProvider> proxy) {
			this.proxy = proxy;
		}

		@Override
		@SuppressWarnings("unchecked")
		public AddressResolver<InetSocketAddress> getResolver(EventExecutor executor) {
			AddressResolver<InetSocketAddress> resolver = (AddressResolver<InetSocketAddress>) HttpResources.get()
				.getOrCreateDefaultResolver()
				.getResolver(executor);
			ProxyProvider proxy = this.proxy.get();
			return (proxy == null) ? resolver : new BesideProxy(resolver, proxy);
		}

		@Override
		protected AddressResolver<InetSocketAddress> newResolver(EventExecutor executor) {
			return getResolver(executor);
		}

		/** They are the JVM's. */
		@Override
		public void close() {
		}

	}

	/**
	 * Resolves only what is asked without the proxy.
	 */
	private record BesideProxy(AddressResolver<InetSocketAddress> inner,
			ProxyProvider proxy) implements AddressResolver<InetSocketAddress> {

		@Override
		public boolean isSupported(SocketAddress address) {
			return this.inner.isSupported(address);
		}

		@Override
		public boolean isResolved(SocketAddress address) {
			return this.proxy.shouldProxy(address) || this.inner.isResolved(address);
		}

		@Override
		public Future<InetSocketAddress> resolve(SocketAddress address) {
			return this.inner.resolve(address);
		}

		@Override
		public Future<InetSocketAddress> resolve(SocketAddress address, Promise<InetSocketAddress> promise) {
			return this.inner.resolve(address, promise);
		}

		@Override
		public Future<List<InetSocketAddress>> resolveAll(SocketAddress address) {
			return this.inner.resolveAll(address);
		}

		@Override
		public Future<List<InetSocketAddress>> resolveAll(SocketAddress address,
				Promise<List<InetSocketAddress>> promise) {
			return this.inner.resolveAll(address, promise);
		}

		@Override
		public void close() {
			this.inner.close();
		}

	}

}
