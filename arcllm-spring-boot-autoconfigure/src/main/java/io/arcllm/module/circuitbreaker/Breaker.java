package io.arcllm.module.circuitbreaker;

import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

import io.arcllm.CallerContext;
import io.arcllm.ErrorKind;
import io.arcllm.LlmException;
import io.arcllm.Target;
import io.arcllm.module.ModuleClock;
import io.arcllm.module.Readiness;
import io.arcllm.module.Rejection;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether a target is asked, from how its calls ended. One breaker serves all
 * stacks of its target. Safe for use by many threads. Its lock is held for a few
 * instructions, never across a call.
 */
public final class Breaker implements Readiness {

	private static final String TOO_MANY_REQUESTS = "it asked to be left alone after a 429";

	private final Target target;

	private volatile CircuitBreakerSettings settings;

	private final BreakerNotifications notifications;

	private final BreakerStateMachine machine;

	private final BreakerPauses pauses = new BreakerPauses();

	private final ReentrantLock lock = new ReentrantLock();

	private long refused;

	/**
	 * A breaker without a listener.
	 */
	public Breaker(Target target, CircuitBreakerSettings settings) {
		this(target, settings, BreakerListener.NONE, (config) -> {
		});
	}

	/**
	 * @param target the target whose calls are counted
	 * @param settings when it opens
	 * @param listener is notified of what it decides
	 * @param customizer may change what settings cannot express
	 */
	public Breaker(Target target, CircuitBreakerSettings settings, BreakerListener listener,
			Consumer<CircuitBreakerConfig.Builder> customizer) {
		this(target, settings, listener, customizer, CallerContext.Capture.NOTHING);
	}

	/**
	 * @param target the target whose calls are counted
	 * @param settings when it opens
	 * @param listener is notified of what it decides
	 * @param customizer may change what settings cannot express
	 * @param capture captures the context in which the listener is called: that of the
	 * call whose end decided
	 */
	public Breaker(Target target, CircuitBreakerSettings settings, BreakerListener listener,
			Consumer<CircuitBreakerConfig.Builder> customizer, CallerContext.Capture capture) {
		this.target = target;
		this.settings = settings;
		this.notifications = new BreakerNotifications(target, listener, capture);
		this.machine = new BreakerStateMachine(target, settings, this.notifications, customizer);
	}

	/**
	 * The target whose calls are counted.
	 */
	public Target target() {
		return this.target;
	}

	/**
	 * The present settings.
	 */
	public CircuitBreakerSettings settings() {
		return this.settings;
	}

	/**
	 * Applies new settings; window, state and pauses stay.
	 */
	public void use(CircuitBreakerSettings newer) {
		this.lock.lock();
		try {
			this.settings = newer;
			this.machine.use(newer);
		}
		finally {
			unlock();
		}
	}

	Admission admit(String model) {
		this.lock.lock();
		try {
			Rejection rejection = rejectionOf(model);
			if (rejection == null) {
				rejection = this.machine.admit();
			}
			this.refused += (rejection == null) ? 0 : 1;
			long probe = (rejection != null || this.pauses.isEmpty()) ? BreakerPauses.NONE
					: this.pauses.admit(model, ModuleClock.nanos());
			return new Admission(this.machine.era(), probe, rejection);
		}
		finally {
			unlock();
		}
	}

	void succeeded(Admission admission, long nanos) {
		this.lock.lock();
		try {
			this.machine.succeeded(admission.era(), nanos);
			this.pauses.proved(admission.probe());
		}
		finally {
			unlock();
		}
	}

	/** Neither a success nor a failure: returns the permit. */
	void released(Admission admission) {
		this.lock.lock();
		try {
			this.machine.released(admission.era());
			this.pauses.abandoned(admission.probe());
		}
		finally {
			unlock();
		}
	}

	/** The answer has begun, which ends the target's pause. */
	void answering(Admission admission) {
		this.lock.lock();
		try {
			this.pauses.proved(admission.probe());
		}
		finally {
			unlock();
		}
	}

	void failed(Admission admission, long nanos, Throwable failure, String model) {
		this.lock.lock();
		try {
			end(admission.probe(), failure);
			int era = admission.era();
			if (!(failure instanceof LlmException known)) {
				this.machine.failed(era, nanos, failure, Duration.ZERO);
			}
			else if (known.kind().isCountedByBreaker() && !known.details().staleConnection()
					&& known.kind() != ErrorKind.QUOTA_EXHAUSTED) {
				this.machine.failed(era, nanos, known, retryAfter(known));
			}
			else {
				this.machine.released(era);
				judge(era, known, model);
			}
		}
		finally {
			unlock();
		}
	}

	/**
	 * Ends a probe. A failure that says nothing about the target makes the next call the
	 * probe.
	 */
	private void end(long probe, Throwable failure) {
		if (failure instanceof LlmException known && (!known.wasSent() || known.kind().endsTheCall())) {
			this.pauses.abandoned(probe);
		}
		else {
			this.pauses.proved(probe);
		}
	}

	/**
	 * Failures that do not count, but pause the target. An exhausted quota that may be
	 * retried concerns only one of several keys.
	 */
	private void judge(int era, LlmException failure, String model) {
		Duration retryAfter = retryAfter(failure);
		if (failure.kind() == ErrorKind.RATE_LIMITED && !retryAfter.isZero()) {
			long now = ModuleClock.nanos();
			this.pauses.pauseTarget(now, now + retryAfter.toNanos(), TOO_MANY_REQUESTS);
			this.notifications.paused(retryAfter, TOO_MANY_REQUESTS);
		}
		else if (failure.kind() == ErrorKind.MODEL_NOT_FOUND) {
			long now = ModuleClock.nanos();
			String reason = "it has no model '" + model + "'";
			this.pauses.pauseModel(model, now, now + this.settings.openFor().toNanos(), reason);
			this.notifications.paused(this.settings.openFor(), reason);
		}
		else if (failure.kind() == ErrorKind.QUOTA_EXHAUSTED && era == this.machine.era()) {
			this.machine.open(retryAfter);
		}
	}

	/** The wait that the vendor names, at most {@code max-pause}. */
	private Duration retryAfter(LlmException failure) {
		Duration retryAfter = failure.retryAfter();
		Duration longest = this.settings.maxPause();
		return (retryAfter == null) ? Duration.ZERO : (retryAfter.compareTo(longest) > 0) ? longest : retryAfter;
	}

	/**
	 * Why it would refuse a call to the target's own model.
	 */
	@Override
	public @Nullable Rejection rejection() {
		this.lock.lock();
		try {
			return rejectionOf(modelOf(null));
		}
		finally {
			unlock();
		}
	}

	@Override
	public @Nullable Rejection rejection(@Nullable String model) {
		this.lock.lock();
		try {
			return rejectionOf(modelOf(model));
		}
		finally {
			unlock();
		}
	}

	private @Nullable Rejection rejectionOf(String model) {
		Rejection rejection = this.machine.rejection();
		boolean decides = this.machine.state() != BreakerState.DISABLED
				&& this.machine.state() != BreakerState.METRICS_ONLY;
		return (rejection == null && decides && !this.pauses.isEmpty())
				? this.pauses.rejection(model, ModuleClock.nanos()) : rejection;
	}

	/** The model of a request, or the target's own. */
	String modelOf(@Nullable String requested) {
		String model = (requested == null) ? this.target.model() : requested;
		return (model == null) ? "" : model;
	}

	/**
	 * Puts it into a state, whatever it has counted; closing it also ends its pauses.
	 * @return whether that changed anything
	 */
	public boolean force(BreakerState state) {
		this.lock.lock();
		try {
			boolean paused = state == BreakerState.CLOSED && !this.pauses.isEmpty();
			boolean changes = paused || this.machine.state() != state;
			if (changes) {
				this.machine.force(state);
			}
			if (paused) {
				this.pauses.clear();
			}
			return changes;
		}
		finally {
			unlock();
		}
	}

	/**
	 * Forgets everything it counted and closes, even if it was forced open or disabled.
	 */
	public void reset() {
		this.lock.lock();
		try {
			this.machine.reset();
			this.pauses.clear();
		}
		finally {
			unlock();
		}
	}

	/**
	 * The present state.
	 */
	public BreakerStatus status() {
		this.lock.lock();
		try {
			return this.machine.status(this.refused, rejectionOf(modelOf(null)));
		}
		finally {
			unlock();
		}
	}

	private void unlock() {
		this.lock.unlock();
		this.notifications.tell();
	}

	/**
	 * The breaker's decision for a call.
	 *
	 * @param era the time between two changes of state; a call that ends in a later era
	 * than it began in says nothing about the present target
	 * @param probe the number of the probe that the call is after a pause, or
	 * {@link BreakerPauses#NONE}
	 * @param rejection why the call is refused, or {@code null}
	 */
	record Admission(int era, long probe, @Nullable Rejection rejection) {
	}

}
