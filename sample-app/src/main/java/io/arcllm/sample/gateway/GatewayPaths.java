package io.arcllm.sample.gateway;

import java.util.List;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.http.server.PathContainer;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.stereotype.Component;

/**
 * Decides which paths need a key: all except the page, the endpoints for this machine
 * only, and health. Paths are compared as controllers are found for them: decoded,
 * without parameters such as {@code ;a=b}, and within the application, whatever its base
 * path is.
 */
@Component
class GatewayPaths {

	private static final List<String> OPEN = List.of("/index.html", "/favicon.svg", "/favicon.ico", "/console",
			"/simulator");

	private static final List<String> BELOW = List.of("/css/", "/js/", "/console/", "/simulator/");

	private static final String NOWHERE = "..";

	private final String health;

	/**
	 * @param actuator where the actuator is
	 */
	GatewayPaths(@Value("${management.endpoints.web.base-path:/actuator}") String actuator) {
		this.health = actuator.replaceFirst("/+$", "") + "/health";
	}

	boolean isGuarded(ServerHttpRequest request) {
		String path = path(request);
		return !path.equals("/") && !path.isEmpty() && !OPEN.contains(path)
				&& BELOW.stream().noneMatch(path::startsWith) && !isHealth(path);
	}

	/** Health answers without a key and by any name: load balancers have none. */
	boolean isHealth(ServerHttpRequest request) {
		return isHealth(path(request));
	}

	private boolean isHealth(String path) {
		return path.equals(this.health) || path.startsWith(this.health + "/");
	}

	/** Nothing open holds a slash within a segment, or steps back. */
	private static String path(ServerHttpRequest request) {
		StringBuilder path = new StringBuilder();
		for (PathContainer.Element element : request.getPath().pathWithinApplication().elements()) {
			String value = (element instanceof PathContainer.PathSegment segment) ? segment.valueToMatch() : "/";
			if (value.equals("..") || (value.contains("/") && value.length() > 1)) {
				return NOWHERE;
			}
			path.append(value);
		}
		return path.toString();
	}

}
