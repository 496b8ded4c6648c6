package io.arcllm.module.circuitbreaker;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

import io.arcllm.ErrorKind;
import io.arcllm.module.Refusal;
import org.jspecify.annotations.Nullable;

/**
 * For how long a target, or one of its models, is to be left alone although its breaker
 * is closed. Not safe for use by several threads.
 */
final class BreakerPauses {

	private static final int MOST_MODELS = 100;

	private final Map<String, Pause> models = new HashMap<>();

	private @Nullable Pause target;

	/** Leaves the whole target alone; never shortens a pause. */
	void pauseTarget(long until, String reason) {
		if (this.target == null || this.target.until() - until < 0) {
			this.target = new Pause(until, ErrorKind.THROTTLED, reason);
		}
	}

	/** Leaves one model alone. */
	void pauseModel(String model, long now, long until, String reason) {
		if (this.models.size() >= MOST_MODELS) {
			this.models.values().removeIf((pause) -> pause.until() - now <= 0);
		}
		if (this.models.size() < MOST_MODELS) {
			this.models.put(model, new Pause(until, ErrorKind.CIRCUIT_OPEN, reason));
		}
	}

	boolean isEmpty() {
		return this.target == null && this.models.isEmpty();
	}

	@Nullable Refusal refusal(String model, long now) {
		if (this.target != null) {
			if (this.target.until() - now > 0) {
				return this.target.refusal(now);
			}
			this.target = null;
		}
		Pause pause = this.models.get(model);
		if (pause != null && pause.until() - now <= 0) {
			this.models.remove(model);
			return null;
		}
		return (pause == null) ? null : pause.refusal(now);
	}

	void clear() {
		this.target = null;
		this.models.clear();
	}

	private record Pause(long until, ErrorKind kind, String reason) {

		Refusal refusal(long now) {
			return new Refusal(this.kind, this.reason, Duration.ofNanos(this.until - now));
		}

	}

}
