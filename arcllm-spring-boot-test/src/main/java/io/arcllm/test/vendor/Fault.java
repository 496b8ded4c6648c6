package io.arcllm.test.vendor;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * The ways in which a simulated vendor can break.
 */
public enum Fault {

	/** A normal answer. */
	HEALTHY(200),

	/** 429 with {@code Retry-After}. */
	RATE_LIMIT(429),

	/** 500. */
	SERVER_ERROR(500),

	/** 503. */
	UNAVAILABLE(503),

	/** 529. */
	OVERLOADED(529),

	/** 400: the prompt is too long. */
	CONTEXT_LENGTH(400),

	/** 400: the filter refused. */
	CONTENT_FILTER(400),

	/** The connection is reset before the headers. */
	RESET(0),

	/** Like a reset; meant to be used with a number of seconds. */
	DOWN(0),

	/** No answer ever comes. */
	SILENCE(0),

	/** The answer comes, but its first token comes late. */
	SLOW(200),

	/** The connection closes half-way through the answer. */
	CUT(200),

	/** Half of the answer comes, then nothing more. */
	STALL(200),

	/** Half of the answer comes, then something that is not JSON. */
	MALFORMED(200),

	/** All words come, but neither a stop reason nor an end. */
	NO_END(200),

	/**
	 * The answer is complete except for the marker after its end, in formats that have
	 * one.
	 */
	NO_MARKER(200);

	private final int status;

	Fault(int status) {
		this.status = status;
	}

	/**
	 * The HTTP status; 0 if no answer comes.
	 */
	public int status() {
		return this.status;
	}

	/**
	 * Whether it is answered with an error body.
	 */
	public boolean isError() {
		return this.status >= 400;
	}

	/**
	 * Its name in a dial, such as {@code rate-limit}.
	 */
	public String label() {
		return name().toLowerCase(Locale.ROOT).replace('_', '-');
	}

	/**
	 * Parses a label, or one of the statuses 429, 500, 503 and 529.
	 * @throws IllegalArgumentException if there is no such fault; the message lists them
	 */
	public static Fault of(String label) {
		return Arrays.stream(values())
			.filter((fault) -> fault.label().equalsIgnoreCase(label)
					|| (fault.status > 400 && String.valueOf(fault.status).equals(label)))
			.findFirst()
			.orElseThrow(() -> new IllegalArgumentException("'fault' must be one of "
					+ Arrays.stream(values()).map(Fault::label).collect(Collectors.joining(", "))));
	}

}
