package io.arcllm.provider.error;

import java.util.List;
import java.util.Locale;

import org.springframework.http.HttpHeaders;

/**
 * The headers of a vendor as it wrote them: LiteLLM's proxy hands them on with a prefix.
 */
final class OriginalHeaders {

	private static final String PREFIX = "llm_provider-";

	private OriginalHeaders() {
	}

	static HttpHeaders of(HttpHeaders headers) {
		HttpHeaders originals = null;
		for (String name : headers.headerNames()) {
			String lower = name.toLowerCase(Locale.ROOT);
			if (lower.startsWith(PREFIX) && !headers.containsHeader(lower.substring(PREFIX.length()))) {
				originals = (originals == null) ? HttpHeaders.copyOf(headers) : originals;
				originals.put(lower.substring(PREFIX.length()), headers.getValuesAsList(name).isEmpty() ? List.of()
						: List.of(String.valueOf(headers.getFirst(name))));
			}
		}
		return (originals == null) ? headers : originals;
	}

}
