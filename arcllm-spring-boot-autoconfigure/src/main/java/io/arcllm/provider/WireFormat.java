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
	 * The form in which this vendor takes ids of tool calls; {@code null} for any.
	 */
	default @Nullable ToolIds toolIds() {
		return null;
	}

	/**
	 * Makes of the request what this format can say to the model: after the steps that
	 * all formats share.
	 * @throws io.arcllm.LlmException {@code UNSUPPORTED} for what may not be left out
	 */
	default void adapt(Adaptation adaptation) {
	}

	/**
	 * The other form in which a model is asked to think, where it refused this one.
	 * @param refused {@code null} where none is known
	 */
	default ModelTraits.@Nullable Thinking otherThinking(ModelTraits.@Nullable Thinking refused) {
		return refused;
	}

	/**
	 * The request's body as JSON. The same request is the same bytes.
	 * @param request with its model set
	 * @param traits what is known of the model
	 * @throws io.arcllm.LlmException {@code UNSUPPORTED} for what the vendor cannot take,
	 * {@code INVALID_REQUEST} for what none can
	 */
	byte[] encode(LlmRequest request, ModelTraits traits);

	/**
	 * The request's body for a model of which nothing is known.
	 */
	default byte[] encode(LlmRequest request) {
		return encode(request, ModelTraits.UNKNOWN);
	}

	/**
	 * A decoder for one answer.
	 */
	AnswerDecoder decoder(AnswerContext context);

}
