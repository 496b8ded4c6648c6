package io.arcllm.test.vendor;

import java.util.List;

import tools.jackson.databind.JsonNode;

/**
 * A vendor's wire format, from the vendor's side. Pure: no I/O.
 */
public interface Vendor {

	String name();

	/** The one path that answers. */
	String path();

	/** Of a streamed answer. */
	String streamType();

	/** The header that carries the request's id. */
	String requestIdHeader();

	Question read(JsonNode body);

	/** An answer's body. */
	byte[] whole(Question question, Answer answer, String id);

	/** A streamed answer's frames. */
	List<byte[]> frames(Question question, Answer answer, String id);

	/** An error's body, for faults with an error status. */
	byte[] error(Fault fault, int retryAfter, String id);

	/** The body of a 400 or 404. */
	byte[] refusal(int status, String message, String id);

}
