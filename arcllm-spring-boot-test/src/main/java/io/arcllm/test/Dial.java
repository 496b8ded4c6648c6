package io.arcllm.test;

import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;

import io.arcllm.test.vendor.Fault;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * How and when a simulated vendor breaks. Without limits it breaks every call.
 *
 * @param fault what goes wrong
 * @param rate the share of calls, from 0 to 1
 * @param every the first call and each n-th after it; 0 for all calls
 * @param times how many calls break before the vendor is healthy again; {@code null} for
 * no limit
 * @param seconds the seconds until it is healthy again; {@code null} for no limit
 * @param retryAfter the value of {@code Retry-After}, in seconds
 * @param delay the time to the first token of a slow vendor, in seconds
 */
public record Dial(Fault fault, double rate, int every, @Nullable Integer times, @Nullable Integer seconds,
		int retryAfter, int delay) {

	/** A healthy vendor. */
	public static final Dial HEALTHY = of(Fault.HEALTHY);

	private static final int LONGEST = 86_400;

	private static final Set<String> FIELDS = Set.of("fault", "rate", "every", "times", "seconds", "retryAfter",
			"delay");

	/** Breaks every call. */
	public static Dial of(Fault fault) {
		return new Dial(fault, 1, 0, null, null, 2, 5);
	}

	/** Breaks the first call and each n-th after it. */
	public Dial every(int calls) {
		return new Dial(this.fault, this.rate, calls, this.times, this.seconds, this.retryAfter, this.delay);
	}

	/** Breaks only the next calls. */
	public Dial times(int calls) {
		return new Dial(this.fault, this.rate, this.every, calls, this.seconds, this.retryAfter, this.delay);
	}

	/** Breaks calls for this time, in whole seconds, at least one. */
	public Dial forTime(Duration time) {
		return new Dial(this.fault, this.rate, this.every, this.times, (int) Math.max(1, time.toSeconds()),
				this.retryAfter, this.delay);
	}

	/** Sets {@code Retry-After}, in seconds. */
	public Dial retryAfter(int seconds) {
		return new Dial(this.fault, this.rate, this.every, this.times, this.seconds, seconds, this.delay);
	}

	/** Sets the time to the first token of a slow vendor, in seconds. */
	public Dial delay(int seconds) {
		return new Dial(this.fault, this.rate, this.every, this.times, this.seconds, this.retryAfter, seconds);
	}

	/**
	 * Parses {@code {"fault": "rate-limit", "retryAfter": 2, "rate": 0.3}}.
	 * @throws IllegalArgumentException if a field is unknown or out of its range
	 */
	public static Dial read(JsonNode json) {
		if (!json.isObject() || !json.path("fault").isString()) {
			throw new IllegalArgumentException("A dial is an object with a 'fault'");
		}
		for (String field : json.propertyNames()) {
			if (!FIELDS.contains(field)) {
				throw new IllegalArgumentException("'" + field + "' is not one of " + new TreeSet<>(FIELDS));
			}
		}
		JsonNode rate = json.path("rate");
		if (!rate.isMissingNode() && !(rate.isNumber() && rate.asDouble() >= 0 && rate.asDouble() <= 1)) {
			throw new IllegalArgumentException("'rate' must be a number from 0 to 1");
		}
		Fault fault = Fault.of(json.path("fault").asString());
		Integer seconds = number(json, "seconds", 1);
		return new Dial(fault, rate.asDouble(1), or(number(json, "every", 0), 0), number(json, "times", 1),
				(seconds == null && fault == Fault.DOWN) ? Integer.valueOf(10) : seconds,
				or(number(json, "retryAfter", 0), 2), or(number(json, "delay", 0), 5));
	}

	private static int or(@Nullable Integer value, int otherwise) {
		return (value == null) ? otherwise : value;
	}

	private static @Nullable Integer number(JsonNode json, String field, int smallest) {
		JsonNode value = json.path(field);
		if (value.isMissingNode() || value.isNull()) {
			return null;
		}
		if (!value.canConvertToInt() || value.asInt() < smallest || value.asInt() > LONGEST) {
			throw new IllegalArgumentException(
					"'" + field + "' must be a whole number from " + smallest + " to " + LONGEST);
		}
		return value.asInt();
	}

}
