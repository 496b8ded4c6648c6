package io.arcllm.test.vendor;

import java.util.List;

import tools.jackson.databind.JsonNode;

/**
 * A vendor's wire format, from the vendor's side: pure functions without I/O.
 */
public interface Vendor {

	String name();

	/** {@code anthropic}, {@code openai} or {@code ollama}. */
	String format();

	/** The path of requests. */
	String path();

	/**
	 * Whether it answers at this path; vendors with the same format have other roots.
	 */
	default boolean answers(String path) {
		return path.equals(path());
	}

	/** The content type of a streamed answer. */
	String streamType();

	/** The header with the request's id. */
	String requestIdHeader();

	Question read(JsonNode body);

	/** An answer's body. */
	byte[] whole(Question question, Answer answer, String id);

	/** A streamed answer's frames. */
	List<byte[]> frames(Question question, Answer answer, String id);

	/** How many frames at the end of a stream report its end and stop reason. */
	int endFrames(Question question);

	/** How many of these are only a marker. */
	default int markerFrames() {
		return 0;
	}

	/** An error's body, for faults with an error status. */
	byte[] error(Fault fault, int retryAfter, String id);

	/** The body of a 400 or 404. */
	byte[] refusal(int status, String message, String id);

}
