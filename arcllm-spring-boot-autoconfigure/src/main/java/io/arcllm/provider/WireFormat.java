package io.arcllm.provider;

import io.arcllm.LlmRequest;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;

/**
 * How a vendor writes requests and answers: pure functions without I/O. Safe for use by
 * many threads.
 */
public interface WireFormat {

	/**
	 * How a streamed answer is cut into frames.
	 */
	enum Framing {

		/** Server-sent events. */
		SSE,

		/** One JSON document on each line. */
		NDJSON

	}

	/**
	 * How a streamed answer is cut into frames.
	 */
	Framing framing();

	/**
	 * The URL of requests, from the configured base URL.
	 * @param baseUrl without a query, and without slashes at its end
	 */
	String url(String baseUrl);

	/**
	 * Adds the headers that this vendor needs, including the key.
	 */
	void headers(HttpHeaders headers, @Nullable String apiKey);

	/**
	 * The form of ids of tool calls; {@code null} for any.
	 */
	default @Nullable ToolIds toolIds() {
		return null;
	}

	/**
	 * Whether a whole answer is a single message with thinking, then text, then tool
	 * calls, and not a list of blocks in the order of the stream.
	 */
	default boolean answersInOneMessage() {
		return true;
	}

	/**
	 * Adapts the request to what this format can express for the model, after the steps
	 * that all formats share.
	 * @throws io.arcllm.LlmException {@code UNSUPPORTED} if a part may not be left out
	 */
	default void adapt(Adaptation adaptation) {
	}

	/**
	 * The other form of thinking, after a model refused this one.
	 * @param refused the refused form; {@code null} if it is not known
	 */
	default ModelTraits.@Nullable Thinking otherThinking(ModelTraits.@Nullable Thinking refused) {
		return refused;
	}

	/**
	 * The request's body as JSON. Equal requests give equal bytes.
	 * @param request with its model set
	 * @param traits what is known of the model
	 * @throws io.arcllm.LlmException {@code UNSUPPORTED} for a part that the vendor
	 * cannot take, {@code INVALID_REQUEST} for one that no vendor can take
	 */
	byte[] encode(LlmRequest request, ModelTraits traits);

	/**
	 * The request's body for an unknown model.
	 */
	default byte[] encode(LlmRequest request) {
		return encode(request, ModelTraits.UNKNOWN);
	}

	/**
	 * A decoder for one answer.
	 */
	AnswerDecoder decoder(AnswerContext context);

}
