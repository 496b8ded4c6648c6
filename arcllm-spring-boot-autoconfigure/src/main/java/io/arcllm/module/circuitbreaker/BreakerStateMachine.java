package io.arcllm.module.circuitbreaker;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import io.arcllm.ErrorKind;
import io.arcllm.LlmException;
import io.arcllm.Target;
import io.arcllm.module.ModuleClock;
import io.arcllm.module.Rejection;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.event.CircuitBreakerOnStateTransitionEvent;
import org.jspecify.annotations.Nullable;

/**
 * Resilience4j's windows and states, with what Resilience4j does not have: failures in a
 * row, the time until which it is open, and the state in which each call began, so that a
 * late answer never takes or returns the permit of a probe. Not safe for use by several
 * threads.
 * <p>
 * Invariants: every change of state begins a new era, without probes and failures in a
 * row; {@code probes} is the number of Resilience4j's half-open permits that calls of
 * this era have; only a call that ends in the era in which it began is counted or returns
 * its permit. {@code openUntil} is set with each change to open.
 */
final class BreakerStateMachine {

	private static final LlmException CARRIED_OVER = LlmException
		.of(ErrorKind.SERVER_ERROR, "It failed before the settings changed")
		.build();

	private final Target target;

	private final Consumer<CircuitBreakerConfig.Builder> customizer;

	private CircuitBreakerSettings settings;

	private CircuitBreaker circuit;

	private final BreakerNotifications notifications;

	private Duration openFor;

	private long openUntil;

	private int era;

	private int probes;

	private int consecutive;

	BreakerStateMachine(Target target, CircuitBreakerSettings settings, BreakerNotifications notifications,
			Consumer<CircuitBreakerConfig.Builder> customizer) {
		this.target = target;
		this.customizer = customizer;
		this.settings = settings;
		this.notifications = notifications;
		this.openFor = settings.openFor();
		this.circuit = circuit();
		this.circuit.getEventPublisher().onStateTransition(this::changed);
	}

	private CircuitBreaker circuit() {
		CircuitBreakerConfig.Builder config = config(this.settings)
			.waitIntervalFunctionInOpenState((attempt) -> this.openFor.toMillis())
			.clock(new ModuleClock());
		this.customizer.accept(config);
		return CircuitBreaker.of(this.target.toString(), config.build());
	}

	/**
	 * Applies new settings. The state, its era and the probes under way stay. The window
	 * is filled with as many failures and slow calls as the old one had, which may open
	 * the breaker.
	 */
	void use(CircuitBreakerSettings newer) {
		CircuitBreaker before = this.circuit;
		this.settings = newer;
		this.circuit = circuit();
		BreakerState state = BreakerState.of(before.getState());
		if (state == BreakerState.HALF_OPEN) {
			move(this.circuit, BreakerState.OPEN);
		}
		move(this.circuit, state);
		for (int i = 0; i < this.probes; i++) {
			this.circuit.tryAcquirePermission();
		}
		this.circuit.getEventPublisher().onStateTransition(this::changed);
		refill(before.getMetrics());
	}

	/** Adds failures last, so that their share never looks larger on the way. */
	private void refill(CircuitBreaker.Metrics known) {
		long slow = this.settings.slowCall().duration().toNanos() + 1;
		int failed = known.getNumberOfFailedCalls();
		int slowFailed = known.getNumberOfSlowFailedCalls();
		int slowSuccesses = known.getNumberOfSlowSuccessfulCalls();
		CircuitBreaker filled = this.circuit;
		for (int i = 0; i < known.getNumberOfSuccessfulCalls(); i++) {
			filled.onSuccess((i < slowSuccesses) ? slow : 0, TimeUnit.NANOSECONDS);
		}
		for (int i = 0; i < failed; i++) {
			filled.onError((i < slowFailed) ? slow : 0, TimeUnit.NANOSECONDS, CARRIED_OVER);
		}
	}

	private static CircuitBreakerConfig.Builder config(CircuitBreakerSettings settings) {
		return CircuitBreakerConfig.custom()
			.slidingWindow(settings.windowSize(), settings.effectiveMinimumCalls(),
					(settings.window() == CircuitBreakerSettings.Window.TIME)
							? CircuitBreakerConfig.SlidingWindowType.TIME_BASED
							: CircuitBreakerConfig.SlidingWindowType.COUNT_BASED)
			.failureRateThreshold((float) (settings.failureRate().ratio() * 100))
			.slowCallRateThreshold((float) (settings.slowCall().rate().ratio() * 100))
			.slowCallDurationThreshold(settings.slowCall().duration())
			.permittedNumberOfCallsInHalfOpenState(settings.halfOpenCalls());
	}

	private void changed(CircuitBreakerOnStateTransitionEvent event) {
		BreakerState to = BreakerState.of(event.getStateTransition().getToState());
		newEra();
		this.openUntil = ModuleClock.nanos() + this.openFor.toNanos();
		this.notifications.changed(BreakerState.of(event.getStateTransition().getFromState()), to,
				(to == BreakerState.OPEN) ? this.openFor : null);
	}

	private void newEra() {
		this.era++;
		this.probes = 0;
		this.consecutive = 0;
	}

	BreakerState state() {
		return BreakerState.of(this.circuit.getState());
	}

	/**
	 * Changes with every change of state. A call that ends in a later era than it began
	 * in says nothing about the present target.
	 */
	int era() {
		return this.era;
	}

	/** Why a call would be refused; takes no permit. */
	@Nullable Rejection rejection() {
		return switch (state()) {
			case CLOSED, DISABLED, METRICS_ONLY -> null;
			case FORCED_OPEN -> closedTo("its circuit breaker is forced open", null);
			case OPEN -> {
				long left = this.openUntil - ModuleClock.nanos();
				yield (left <= 0) ? null : closedTo("its circuit breaker is open", Duration.ofNanos(left));
			}
			case HALF_OPEN -> (this.probes < this.settings.halfOpenCalls()) ? null
					: closedTo("its circuit breaker is half-open and being probed", null);
		};
	}

	private static Rejection closedTo(String reason, @Nullable Duration retryAfter) {
		return new Rejection(ErrorKind.CIRCUIT_OPEN, reason, retryAfter);
	}

	/** Takes a permit, after {@link #rejection()} returned {@code null}. */
	@Nullable Rejection admit() {
		if (state() == BreakerState.OPEN) {
			this.circuit.transitionToHalfOpenState();
		}
		if (!this.circuit.tryAcquirePermission()) {
			return closedTo("its circuit breaker is open", null);
		}
		this.probes += (state() == BreakerState.HALF_OPEN) ? 1 : 0;
		return null;
	}

	void succeeded(int era, long nanos) {
		if (era == this.era) {
			this.probes -= (this.probes > 0) ? 1 : 0;
			this.consecutive = 0;
			this.circuit.onSuccess(nanos, TimeUnit.NANOSECONDS);
		}
	}

	void released(int era) {
		if (era == this.era) {
			this.probes -= (this.probes > 0) ? 1 : 0;
			this.circuit.releasePermission();
		}
	}

	void failed(int era, long nanos, Throwable failure, Duration retryAfter) {
		if (era != this.era) {
			return;
		}
		this.probes -= (this.probes > 0) ? 1 : 0;
		this.consecutive++;
		openFor(retryAfter);
		this.circuit.onError(nanos, TimeUnit.NANOSECONDS, failure);
		int most = this.settings.consecutiveFailures();
		if (most > 0 && this.consecutive >= most && state() == BreakerState.CLOSED) {
			this.circuit.transitionToOpenState();
		}
	}

	/** Opens without counting, unless the breaker is forced into a state. */
	void open(Duration retryAfter) {
		openFor(retryAfter);
		if (state() == BreakerState.CLOSED || state() == BreakerState.HALF_OPEN) {
			this.circuit.transitionToOpenState();
		}
	}

	private void openFor(Duration retryAfter) {
		Duration configured = this.settings.openFor();
		this.openFor = (retryAfter.compareTo(configured) > 0) ? retryAfter : configured;
	}

	void force(BreakerState state) {
		this.openFor = this.settings.openFor();
		move(this.circuit, state);
	}

	private static void move(CircuitBreaker circuit, BreakerState state) {
		switch (state) {
			case CLOSED -> circuit.transitionToClosedState();
			case OPEN -> circuit.transitionToOpenState();
			case HALF_OPEN -> circuit.transitionToHalfOpenState();
			case FORCED_OPEN -> circuit.transitionToForcedOpenState();
			case DISABLED -> circuit.transitionToDisabledState();
			case METRICS_ONLY -> circuit.transitionToMetricsOnlyState();
		}
	}

	void reset() {
		this.circuit.reset();
		newEra();
	}

	BreakerStatus status(long refused, @Nullable Rejection rejection) {
		CircuitBreaker.Metrics metrics = this.circuit.getMetrics();
		return new BreakerStatus(state(), rate(metrics.getFailureRate()), rate(metrics.getSlowCallRate()),
				metrics.getNumberOfBufferedCalls(), metrics.getNumberOfFailedCalls(), this.consecutive, this.probes,
				refused, (rejection == null) ? null : rejection.retryAfter());
	}

	private static @Nullable Double rate(float percent) {
		return (percent < 0) ? null : Double.valueOf(percent);
	}

}
