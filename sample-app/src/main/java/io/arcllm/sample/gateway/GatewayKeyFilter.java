package io.arcllm.sample.gateway;

import java.util.Map;

import io.arcllm.RequestMetadata;
import reactor.core.publisher.Mono;

import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;

/**
 * Requires a key if one is configured, and puts the key's tenant into the Reactor context
 * of the request.
 */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE + 10)
class GatewayKeyFilter implements WebFilter {

	private final GatewayKeys keys;

	private final GatewayPaths paths;

	private final boolean demanded;

	GatewayKeyFilter(GatewayProperties properties, GatewayPaths paths) {
		this.paths = paths;
		this.keys = new GatewayKeys(properties);
		this.demanded = properties.isKeyDemanded();
	}

	@Override
	public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
		if (!this.demanded || !this.paths.isGuarded(exchange.getRequest())) {
			return chain.filter(exchange);
		}
		GatewayKeys.Caller caller = this.keys
			.caller(exchange.getRequest().getHeaders().getFirst(HttpHeaders.AUTHORIZATION));
		if (caller == null) {
			return refuse(exchange.getResponse());
		}
		String tenant = caller.tenant();
		return (tenant == null) ? chain.filter(exchange) : chain.filter(exchange)
			.contextWrite((context) -> context.put(RequestMetadata.class, new RequestMetadata(tenant, null, Map.of())));
	}

	private static Mono<Void> refuse(ServerHttpResponse response) {
		GatewayError error = GatewayErrors.of(new InvalidChatException(401,
				"Missing or wrong API key: send it as 'Authorization: Bearer …'.", "invalid_api_key", null));
		response.setStatusCode(HttpStatusCode.valueOf(error.status()));
		response.getHeaders().setContentType(MediaType.APPLICATION_JSON);
		response.getHeaders().set(HttpHeaders.WWW_AUTHENTICATE, "Bearer");
		return response.writeWith(Mono.fromSupplier(() -> response.bufferFactory().wrap(error.body())));
	}

}
