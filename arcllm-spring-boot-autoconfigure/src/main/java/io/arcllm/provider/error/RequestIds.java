package io.arcllm.provider.error;

import java.util.List;

import io.arcllm.PrintableText;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;

/**
 * Finds the vendor's id for a request in the headers of its answer.
 */
public final class RequestIds {

	private static final List<String> NAMES = List.of("request-id", "x-request-id", "x-groq-request-id",
			"apim-request-id", "x-amzn-requestid", "x-ms-request-id", "x-generation-id", "x-correlation-id",
			"x-kong-request-id", "x-vercel-id", "cf-ai-req-id");

	private static final List<String> ORIGINALS = NAMES.stream().map((name) -> OriginalHeaders.PREFIX + name).toList();

	private static final int LONGEST = 100;

	private RequestIds() {
	}

	/** The id, where the headers have one. */
	public static @Nullable String find(HttpHeaders headers) {
		for (int i = 0; i < NAMES.size(); i++) {
			String own = headers.getFirst(NAMES.get(i));
			String id = (own != null) ? own : headers.getFirst(ORIGINALS.get(i));
			if (id != null && !id.isBlank()) {
				return PrintableText.clean(id.trim(), LONGEST);
			}
		}
		return null;
	}

}
