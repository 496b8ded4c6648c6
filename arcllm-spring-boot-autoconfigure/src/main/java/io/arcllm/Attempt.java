package io.arcllm;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * One request on the wire, or one target that was passed over.
 *
 * @param target the target that was asked
 * @param outcome how it ended
 * @param startedAfter from the start of the call
 * @param waited how long the call waited deliberately before it
 * @param firstToken from the start of the attempt to its first content, if there was any
 * @param duration from the start of the attempt to its end
 * @param error what went wrong, if something did
 * @param reason the error's message, why the target was passed over, or why its answer
 * was discarded; empty on success
 * @param status the HTTP status, if the vendor's answer was an error
 * @param requestId the vendor's id for the request
 * @param usage the tokens it used
 * @param startedAt when it began
 * @param cost what it cost, where its price is known
 * @param cause why it was made
 * @param leftOut the parameters of the request that were left out for this target
 */
public record Attempt(Target target, Outcome outcome, Duration startedAfter, Duration waited,
		@Nullable Duration firstToken, Duration duration, @Nullable ErrorKind error, @AbsentIsEmpty String reason,
		@Nullable Integer status, @Nullable String requestId, Usage usage, Instant startedAt, @Nullable Cost cost,
		Cause cause, @AbsentIsEmpty List<String> leftOut) {

	/**
	 * How an attempt ended.
	 */
	public enum Outcome {

		/** With the whole answer. */
		COMPLETED,

		/** With an error. */
		FAILED,

		/** The caller, a hedge or an outer timeout cancelled it. */
		CANCELLED,

		/** The target was passed over; nothing was sent. */
		SKIPPED,

		/** The answer was kept from an earlier call; nothing was sent. */
		CACHED

	}

	/**
	 * Why an attempt was made.
	 */
	public enum Cause {

		/** The call began with it. */
		FIRST,

		/** The same target was asked again after a failure. */
		RETRY,

		/** A target before it in the chain failed or was passed over. */
		NEXT_TARGET,

		/** Another target was silent for too long. */
		HEDGE,

		/** The previous key was refused. */
		OTHER_KEY,

		/** The target refused parameters that may be left out. */
		WITHOUT_PARAMETERS,

		/** A stream broke off after part of it was delivered. */
		RECOVERY

	}

	public Attempt {
		leftOut = List.copyOf(leftOut);
	}

	/**
	 * A first attempt without start time and cost.
	 */
	public Attempt(Target target, Outcome outcome, Duration startedAfter, Duration waited,
			@Nullable Duration firstToken, Duration duration, @Nullable ErrorKind error, @AbsentIsEmpty String reason,
			@Nullable Integer status, @Nullable String requestId, Usage usage) {
		this(target, outcome, startedAfter, waited, firstToken, duration, error, reason, status, requestId, usage,
				Instant.EPOCH, null, Cause.FIRST, List.of());
	}

	/**
	 * Starts an attempt at a target that ended like this.
	 */
	public static Builder of(Target target, Outcome outcome) {
		return new Builder(target, outcome);
	}

	/**
	 * A target that was passed over.
	 */
	public static Attempt skipped(Target target, Duration startedAfter, @Nullable ErrorKind error, String reason) {
		return of(target, Outcome.SKIPPED).startedAfter(startedAfter).error(error, reason).build();
	}

	/**
	 * Whether a request was sent.
	 */
	public boolean wasSent() {
		return this.outcome != Outcome.SKIPPED && this.outcome != Outcome.CACHED;
	}

	/**
	 * The same attempt with this cost.
	 */
	public Attempt withCost(@Nullable Cost cost) {
		return new Attempt(this.target, this.outcome, this.startedAfter, this.waited, this.firstToken, this.duration,
				this.error, this.reason, this.status, this.requestId, this.usage, this.startedAt, cost, this.cause,
				this.leftOut);
	}

	/**
	 * The same attempt with this reason.
	 */
	public Attempt withReason(String reason) {
		return new Attempt(this.target, this.outcome, this.startedAfter, this.waited, this.firstToken, this.duration,
				this.error, reason, this.status, this.requestId, this.usage, this.startedAt, this.cost, this.cause,
				this.leftOut);
	}

	/**
	 * Builds an attempt; {@link Attempt#of} begins. Not safe for use by several threads.
	 */
	public static final class Builder {

		private final Target target;

		private final Outcome outcome;

		private Duration startedAfter = Duration.ZERO;

		private Duration waited = Duration.ZERO;

		private @Nullable Duration firstToken;

		private Duration duration = Duration.ZERO;

		private @Nullable ErrorKind error;

		private String reason = "";

		private @Nullable Integer status;

		private @Nullable String requestId;

		private Usage usage = Usage.UNKNOWN;

		private Instant startedAt = Instant.EPOCH;

		private @Nullable Cost cost;

		private Cause cause = Cause.FIRST;

		private List<String> leftOut = List.of();

		private Builder(Target target, Outcome outcome) {
			this.target = target;
			this.outcome = outcome;
		}

		/** How long after the start of the call it began. */
		public Builder startedAfter(Duration startedAfter) {
			this.startedAfter = startedAfter;
			return this;
		}

		/** When it began. */
		public Builder startedAt(Instant startedAt) {
			this.startedAt = startedAt;
			return this;
		}

		/** How long the call waited deliberately before it. */
		public Builder waited(Duration waited) {
			this.waited = waited;
			return this;
		}

		/** When its first content came and when it ended, from its start. */
		public Builder took(@Nullable Duration firstToken, Duration duration) {
			this.firstToken = firstToken;
			this.duration = duration;
			return this;
		}

		/** What went wrong, and the reason in words. */
		public Builder error(@Nullable ErrorKind error, String reason) {
			this.error = error;
			this.reason = reason;
			return this;
		}

		/** What went wrong. */
		public Builder failure(LlmException failure) {
			this.status = failure.status();
			return error(failure.kind(), String.valueOf(failure.getMessage()));
		}

		/** The HTTP status of an error. */
		public Builder status(@Nullable Integer status) {
			this.status = status;
			return this;
		}

		/** The vendor's id for the request. */
		public Builder requestId(@Nullable String requestId) {
			this.requestId = requestId;
			return this;
		}

		/** The tokens it used. */
		public Builder usage(Usage usage) {
			this.usage = usage;
			return this;
		}

		/** What it cost. */
		public Builder cost(@Nullable Cost cost) {
			this.cost = cost;
			return this;
		}

		/** Why it was made. */
		public Builder cause(Cause cause) {
			this.cause = cause;
			return this;
		}

		/** The parameters that were left out for this target. */
		public Builder leftOut(List<String> leftOut) {
			this.leftOut = leftOut;
			return this;
		}

		/** The attempt. */
		public Attempt build() {
			return new Attempt(this.target, this.outcome, this.startedAfter, this.waited, this.firstToken,
					this.duration, this.error, this.reason, this.status, this.requestId, this.usage, this.startedAt,
					this.cost, this.cause, this.leftOut);
		}

	}

}
