package io.arcllm.sample;

import java.net.InetSocketAddress;
import java.util.List;

import org.springframework.http.HttpStatus;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.server.ResponseStatusException;

/**
 * Keeps what breaks and burdens to callers on this machine.
 */
public final class LocalCallers {

	private static final List<String> FORWARDED = List.of("Forwarded", "X-Forwarded-For", "X-Real-IP");

	private LocalCallers() {
	}

	/**
	 * @throws ResponseStatusException if the request came from elsewhere
	 */
	public static void require(ServerHttpRequest request) {
		InetSocketAddress remote = request.getRemoteAddress();
		boolean local = remote != null && remote.getAddress() != null && remote.getAddress().isLoopbackAddress();
		if (!local || FORWARDED.stream().anyMatch(request.getHeaders()::containsHeader)) {
			throw new ResponseStatusException(HttpStatus.FORBIDDEN, "This answers on this machine alone");
		}
	}

}
