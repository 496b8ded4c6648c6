package io.arcllm.module.circuitbreaker;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

import io.arcllm.ErrorKind;
import io.arcllm.module.Rejection;
import org.jspecify.annotations.Nullable;

/**
 * The pauses of a target or of its models while its breaker is closed. A pause ends with
 * one probe. Other calls are refused until the probe has an answer, but no longer than
 * the pause was. Not safe for use by several threads.
 * <p>
 * Invariants: a pause whose time is over stays until its probe ends it or starts a new
 * one. It has at most one probe, whose number is that of the last one admitted; if a
 * probe is cancelled, the next call is the probe.
 */
final class BreakerPauses {

	/** No probe. */
	static final long NONE = 0;

	private static final int MOST_MODELS = 100;

	private final Map<String, Pause> models = new HashMap<>();

	private @Nullable Pause target;

	private long probes;

	/** Pauses the whole target; never shortens a pause. */
	void pauseTarget(long now, long until, String reason) {
		if (this.target == null || this.target.until - until < 0) {
			this.target = new Pause(now, until, ErrorKind.THROTTLED, reason);
		}
	}

	/** Pauses one model. */
	void pauseModel(String model, long now, long until, String reason) {
		if (this.models.size() >= MOST_MODELS) {
			this.models.values().removeIf((pause) -> pause.until - now <= 0);
		}
		if (this.models.size() < MOST_MODELS) {
			this.models.put(model, new Pause(now, until, ErrorKind.CIRCUIT_OPEN, reason));
		}
	}

	boolean isEmpty() {
		return this.target == null && this.models.isEmpty();
	}

	@Nullable Rejection rejection(String model, long now) {
		Rejection rejection = (this.target == null) ? null : this.target.rejection(now);
		Pause pause = (rejection != null) ? null : this.models.get(model);
		return (pause == null) ? rejection : pause.rejection(now);
	}

	/**
	 * Admits a call that is not refused.
	 * @return the number of the probe that it is, or {@link #NONE}
	 */
	long admit(String model, long now) {
		Pause ofModel = this.models.get(model);
		if (this.target == null && ofModel == null) {
			return NONE;
		}
		this.probes++;
		if (this.target != null) {
			this.target.probedBy(this.probes, now);
		}
		if (ofModel != null) {
			ofModel.probedBy(this.probes, now);
		}
		return this.probes;
	}

	/** The target answered that probe: its pause is over. */
	void proved(long probe) {
		if (this.target != null && this.target.probe == probe) {
			this.target = null;
		}
		this.models.values().removeIf((pause) -> pause.probe == probe);
	}

	/** The probe was cancelled before it had an answer: the next call is the probe. */
	void abandoned(long probe) {
		if (this.target != null && this.target.probe == probe) {
			this.target.probe = NONE;
		}
		this.models.values().stream().filter((pause) -> pause.probe == probe).forEach((pause) -> pause.probe = NONE);
	}

	void clear() {
		this.target = null;
		this.models.clear();
	}

	private static final class Pause {

		private final long length;

		private final long until;

		private final ErrorKind kind;

		private final String reason;

		private long probe = NONE;

		private long probedUntil;

		Pause(long now, long until, ErrorKind kind, String reason) {
			this.length = until - now;
			this.until = until;
			this.kind = kind;
			this.reason = reason;
		}

		void probedBy(long probe, long now) {
			this.probe = probe;
			this.probedUntil = now + this.length;
		}

		@Nullable Rejection rejection(long now) {
			if (this.until - now > 0) {
				return new Rejection(this.kind, this.reason, Duration.ofNanos(this.until - now));
			}
			long left = (this.probe == NONE) ? 0 : this.probedUntil - now;
			return (left <= 0) ? null : new Rejection(this.kind, "it is being probed after a pause: " + this.reason,
					Duration.ofNanos(left));
		}

	}

}
