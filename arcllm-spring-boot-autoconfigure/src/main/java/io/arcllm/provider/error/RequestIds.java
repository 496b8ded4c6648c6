package io.arcllm.provider.error;

import java.util.List;

import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;

/**
 * Finds the vendor's id for a request in the headers of its answer.
 */
public final class RequestIds {

	private static final List<String> HEADERS = List.of("request-id", "x-request-id", "x-groq-request-id",
			"apim-request-id", "x-amzn-requestid", "x-ms-request-id", "x-generation-id", "x-correlation-id",
			"x-kong-request-id", "x-vercel-id", "cf-ai-req-id");

	private RequestIds() {
	}

	public static @Nullable String find(HttpHeaders headers) {
		for (String name : HEADERS) {
			String id = headers.getFirst(name);
			if (id != null && !id.isBlank()) {
				return id.trim();
			}
		}
		return null;
	}

}
