package io.arcllm.sample;

import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerRequest;

import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;

/**
 * Cancels an answer when its connection closes, because WebFlux leaves the source of a
 * stream running after a client's reset.
 */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE)
public final class ConnectionEnd implements WebFilter {

	@Override
	public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
		return (LocalCallers.nativeRequest(exchange.getRequest()) instanceof HttpServerRequest server)
				? chain.filter(exchange).takeUntilOther(closed(server)) : chain.filter(exchange);
	}

	private static Mono<Void> closed(HttpServerRequest request) {
		return Mono.create((sink) -> request.withConnection((connection) -> {
			ChannelFuture close = connection.channel().closeFuture();
			ChannelFutureListener listener = (future) -> sink.success();
			close.addListener(listener);
			sink.onDispose(() -> close.removeListener(listener));
		}));
	}

}
