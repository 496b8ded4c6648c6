package io.arcllm.autoconfigure.config;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;

import org.jspecify.annotations.Nullable;

/**
 * Sees to it that keys and prompts do not travel in the clear.
 */
final class BaseUrl {

	private static final int LAST_PORT = 65535;

	private BaseUrl() {
	}

	/**
	 * The URL without a slash at the end.
	 * @param provider the key of the provider, such as {@code arcllm.providers.openai}
	 */
	static String check(String provider, @Nullable String url, boolean allowInsecure) {
		String key = provider + ".base-url";
		if (url == null) {
			throw new ConfigMistake(key, "'" + key + "' is not set, and none is known beforehand.",
					"Set " + key + ", such as https://llm.example.com/v1.");
		}
		URI uri = parse(key, url);
		String scheme = uri.getScheme().toLowerCase(Locale.ROOT);
		if (scheme.equals("http") && !isLoopback(uri.getHost()) && !allowInsecure) {
			throw new ConfigMistake(key,
					"'" + key + "' is " + Text.maskUrl(url)
							+ ": keys and prompts would travel unencrypted to a host that is not this one.",
					"Use https, or set " + provider + ".allow-insecure=true if the network can be trusted.");
		}
		return url.replaceAll("/+$", "");
	}

	private static URI parse(String key, String url) {
		try {
			URI uri = new URI(url);
			if (uri.getHost() != null && uri.getPort() <= LAST_PORT
					&& ("https".equalsIgnoreCase(uri.getScheme()) || "http".equalsIgnoreCase(uri.getScheme()))) {
				return uri;
			}
		}
		catch (URISyntaxException ex) {
			// said below, without the text of the exception, which repeats the URL
		}
		throw new ConfigMistake(key, "'" + key + "' is not a URL: '" + Text.maskUrl(url) + "'.",
				"Write the scheme, the host and the path, such as https://llm.example.com/v1.");
	}

	private static boolean isLoopback(String host) {
		String name = host.toLowerCase(Locale.ROOT);
		return name.equals("localhost") || name.endsWith(".localhost") || name.matches("127(\\.\\d{1,3}){3}")
				|| name.equals("[::1]") || name.equals("[0:0:0:0:0:0:0:1]");
	}

}
