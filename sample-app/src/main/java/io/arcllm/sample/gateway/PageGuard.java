package io.arcllm.sample.gateway;

import java.net.InetSocketAddress;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;

/**
 * Refuses unknown names in {@code Host}, which a foreign page could point at this
 * machine, on every path except health, and requests of other sites' pages from a
 * visitor's browser. A link from another site opens only the page itself.
 */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE)
class PageGuard implements WebFilter {

	private static final Pattern ADDRESS = Pattern.compile("\\[[0-9a-f:.]+]|[0-9.]+");

	private static final String CONTENT_SECURITY = "default-src 'none'; script-src 'self'; style-src 'self'; "
			+ "img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

	private final List<String> hosts;

	private final GatewayPaths paths;

	PageGuard(GatewayProperties gateway, GatewayPaths paths) {
		this.paths = paths;
		this.hosts = gateway.hosts();
	}

	@Override
	public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
		ServerHttpRequest request = exchange.getRequest();
		if (!this.paths.isHealth(request) && !isKnown(host(request))) {
			return refuse(exchange.getResponse(), "This host is not served here: name it in gateway.hosts.");
		}
		if (isForeign(request)) {
			return refuse(exchange.getResponse(), "Only this application's own page may ask that; see gateway.hosts.");
		}
		HttpHeaders headers = exchange.getResponse().getHeaders();
		headers.set("Content-Security-Policy", CONTENT_SECURITY);
		headers.set("X-Content-Type-Options", "nosniff");
		headers.set("Referrer-Policy", "no-referrer");
		return chain.filter(exchange);
	}

	private static Mono<Void> refuse(ServerHttpResponse response, String message) {
		GatewayError error = GatewayErrors.of(new InvalidChatException(403, message, "forbidden", null));
		response.setStatusCode(HttpStatus.FORBIDDEN);
		response.getHeaders().setContentType(MediaType.APPLICATION_JSON);
		return response.writeWith(Mono.fromSupplier(() -> response.bufferFactory().wrap(error.body())));
	}

	private boolean isForeign(ServerHttpRequest request) {
		HttpHeaders headers = request.getHeaders();
		String origin = headers.getOrigin();
		if (origin != null) {
			return !isOwn(origin, request);
		}
		String site = headers.getFirst("Sec-Fetch-Site");
		boolean visit = request.getMethod() == HttpMethod.GET && request.getURI().getPath().equals("/")
				&& "navigate".equals(headers.getFirst("Sec-Fetch-Mode"));
		return site != null && site.endsWith("-site") && !visit;
	}

	private boolean isOwn(String origin, ServerHttpRequest request) {
		int scheme = origin.indexOf("://");
		if (scheme < 0) {
			return false;
		}
		String authority = origin.substring(scheme + 3).toLowerCase(Locale.ROOT);
		String host = host(request);
		return (authority.equalsIgnoreCase(request.getHeaders().getFirst(HttpHeaders.HOST)) && isKnown(host))
				|| this.hosts.contains(authority.replaceFirst(":[0-9]+$", ""));
	}

	private boolean isKnown(@Nullable String host) {
		return host != null
				&& (host.equals("localhost") || ADDRESS.matcher(host).matches() || this.hosts.contains(host));
	}

	private static @Nullable String host(ServerHttpRequest request) {
		try {
			InetSocketAddress host = request.getHeaders().getHost();
			return (host == null) ? null : host.getHostString().toLowerCase(Locale.ROOT);
		}
		catch (IllegalArgumentException ex) {
			return null;
		}
	}

}
