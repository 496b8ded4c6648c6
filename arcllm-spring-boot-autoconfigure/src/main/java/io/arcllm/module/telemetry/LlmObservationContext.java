package io.arcllm.module.telemetry;

import io.arcllm.LlmRequest;
import io.arcllm.LlmResponse;
import io.arcllm.Target;
import io.micrometer.observation.Observation;
import org.jspecify.annotations.Nullable;

/**
 * What is known about an observed call or attempt, for conventions, filters and handlers
 * of the application.
 */
public final class LlmObservationContext extends Observation.Context {

	private final Level level;

	private final Target target;

	private final LlmRequest request;

	private final @Nullable String asked;

	private @Nullable LlmResponse response;

	private boolean cancelled;

	/**
	 * @param level what is observed
	 * @param target the target that is asked first
	 * @param request the request
	 * @param asked the name of a model that the call was made with
	 */
	LlmObservationContext(Level level, Target target, LlmRequest request, @Nullable String asked) {
		this.asked = asked;
		this.level = level;
		this.target = target;
		this.request = request;
	}

	/**
	 * What is observed.
	 */
	public enum Level {

		/** A call of the application, with all its attempts and waits. */
		CALL,

		/** One request on the wire. */
		ATTEMPT

	}

	/** What is observed. */
	public Level level() {
		return this.level;
	}

	/** The target; of a call, the one that is asked first. */
	public Target target() {
		return this.target;
	}

	/** The request. */
	public LlmRequest request() {
		return this.request;
	}

	/** The name of {@code arcllm.models} that the call was made with, or {@code null}. */
	public @Nullable String asked() {
		return this.asked;
	}

	/** The answer, once there is one. */
	public @Nullable LlmResponse response() {
		return this.response;
	}

	void answered(LlmResponse response) {
		this.response = response;
	}

	/** Whether the call was cancelled. */
	public boolean isCancelled() {
		return this.cancelled;
	}

	void cancelled() {
		this.cancelled = true;
	}

}
