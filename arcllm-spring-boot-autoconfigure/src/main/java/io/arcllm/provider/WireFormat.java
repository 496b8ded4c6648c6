package io.arcllm.provider;

import io.arcllm.LlmRequest;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;

/**
 * How a vendor writes a question and an answer: pure functions, no I/O. Safe for use by
 * many threads.
 */
public interface WireFormat {

	/**
	 * How a streamed answer is cut into frames.
	 */
	enum Framing {

		/** Server-sent events. */
		SSE,

		/** A JSON document a line. */
		NDJSON

	}

	/**
	 * How a streamed answer is cut into frames.
	 */
	Framing framing();

	/**
	 * Where requests go: the configured base URL, completed.
	 * @param baseUrl without a query, and without slashes at its end
	 */
	String url(String baseUrl);

	/**
	 * Adds the headers that this vendor wants, the key among them.
	 */
	void headers(HttpHeaders headers, @Nullable String apiKey);

	/**
	 * The request's body as JSON.
	 * @param request with its model set
	 * @throws io.arcllm.LlmException {@code INVALID_REQUEST} for what the vendor cannot
	 * take
	 */
	byte[] encode(LlmRequest request);

	/**
	 * A decoder for one answer.
	 */
	AnswerDecoder decoder(AnswerContext context);

}
