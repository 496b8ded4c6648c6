package io.arcllm.provider.error;

import java.util.List;
import java.util.Locale;

import org.springframework.http.HttpHeaders;

/**
 * The original headers of a vendor, which LiteLLM's proxy passes on with a prefix.
 */
final class OriginalHeaders {

	static final String PREFIX = "llm_provider-";

	private OriginalHeaders() {
	}

	static HttpHeaders of(HttpHeaders headers) {
		HttpHeaders originals = null;
		for (String name : headers.headerNames()) {
			String original = name.toLowerCase(Locale.ROOT);
			boolean handedOn = original.startsWith(PREFIX);
			// one proxy may stand behind another
			while (original.startsWith(PREFIX)) {
				original = original.substring(PREFIX.length());
			}
			if (handedOn && !headers.containsHeader(original)) {
				originals = (originals == null) ? HttpHeaders.copyOf(headers) : originals;
				originals.put(original, headers.getValuesAsList(name).isEmpty() ? List.of()
						: List.of(String.valueOf(headers.getFirst(name))));
			}
		}
		return (originals == null) ? headers : originals;
	}

}
