package io.arcllm.test.vendor;

import java.util.List;

import tools.jackson.databind.JsonNode;

/**
 * A vendor's wire format, from the vendor's side. Pure: no I/O.
 */
public interface Vendor {

	String name();

	/** {@code anthropic}, {@code openai} or {@code ollama}. */
	String format();

	/** The one path that answers. */
	String path();

	/**
	 * Whether it answers there; vendors that are spoken to like this one have other
	 * roots.
	 */
	default boolean answers(String path) {
		return path.equals(path());
	}

	/** Of a streamed answer. */
	String streamType();

	/** The header that carries the request's id. */
	String requestIdHeader();

	Question read(JsonNode body);

	/** An answer's body. */
	byte[] whole(Question question, Answer answer, String id);

	/** A streamed answer's frames. */
	List<byte[]> frames(Question question, Answer answer, String id);

	/** How many frames at the end of a stream say that and why it ended. */
	int endFrames(Question question);

	/** How many of these are a marker alone, which says nothing else. */
	default int markerFrames() {
		return 0;
	}

	/** An error's body, for faults with an error status. */
	byte[] error(Fault fault, int retryAfter, String id);

	/** The body of a 400 or 404. */
	byte[] refusal(int status, String message, String id);

}
