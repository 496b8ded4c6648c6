package io.arcllm.sample;

import java.net.InetSocketAddress;
import java.util.List;

import org.jspecify.annotations.Nullable;
import reactor.netty.http.server.HttpServerRequest;

import org.springframework.http.HttpStatus;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import org.springframework.web.server.ResponseStatusException;

/**
 * Allows endpoints that break or burden the sample only to callers on this machine.
 */
public final class LocalCallers {

	private static final List<String> FORWARDED = List.of("Forwarded", "X-Forwarded-For", "X-Real-IP");

	private LocalCallers() {
	}

	/**
	 * Looks at the connection itself, since headers can say what they like.
	 * @throws ResponseStatusException if the request came from elsewhere, or through a
	 * proxy
	 */
	public static void require(ServerHttpRequest request) {
		InetSocketAddress remote = request.getRemoteAddress();
		boolean forwarded = FORWARDED.stream().anyMatch(request.getHeaders()::containsHeader);
		if (nativeRequest(request) instanceof HttpServerRequest netty) {
			remote = (netty.connectionRemoteAddress() instanceof InetSocketAddress address) ? address : null;
			forwarded = FORWARDED.stream().anyMatch(netty.requestHeaders()::contains);
		}
		boolean local = remote != null && remote.getAddress() != null && remote.getAddress().isLoopbackAddress();
		if (!local || forwarded) {
			throw new ResponseStatusException(HttpStatus.FORBIDDEN, "This answers on this machine alone");
		}
	}

	/** Reactor Netty's request; {@code null} for that of a test. */
	static @Nullable Object nativeRequest(ServerHttpRequest request) {
		try {
			return ServerHttpRequestDecorator.getNativeRequest(request);
		}
		catch (IllegalArgumentException | IllegalStateException ex) {
			return null;
		}
	}

}
