package io.arcllm.autoconfigure.actuator;

import java.time.Duration;
import java.util.function.Predicate;

import io.arcllm.Target;
import io.arcllm.autoconfigure.actuator.Decisions.Decision;
import io.arcllm.autoconfigure.config.Text;
import io.arcllm.module.circuitbreaker.BreakerListener;
import io.arcllm.module.circuitbreaker.BreakerState;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.context.ApplicationEventPublisher;

/**
 * Passes the decisions of breakers on to the log, to event listeners and to the record of
 * decisions. Models that are not configured have no log line.
 *
 * @param events publishes all changes
 * @param decisions keeps the last ones
 * @param madeUp whether the model of a target is not configured
 */
public record BreakerAnnouncer(ApplicationEventPublisher events, Decisions decisions,
		Predicate<Target> madeUp) implements BreakerListener {

	private static final Log logger = LogFactory.getLog(BreakerAnnouncer.class);

	@Override
	public void changed(Target target, BreakerState from, BreakerState to, @Nullable Duration openFor) {
		String change = Text.dashed(from) + " -> " + Text.dashed(to)
				+ ((openFor == null) ? "" : " for " + openFor.toMillis() + " ms");
		boolean refuses = to == BreakerState.OPEN || to == BreakerState.FORCED_OPEN;
		String message = "The circuit breaker of " + target + " changed: " + change;
		if (this.madeUp.test(target)) {
			logger.debug(message);
		}
		else if (refuses) {
			logger.warn(message);
		}
		else {
			logger.info(message);
		}
		this.decisions.add(Decision.Type.BREAKER, target, null, change);
		this.events.publishEvent(new CircuitBreakerStateChanged(target, from, to, openFor));
	}

	@Override
	public void paused(Target target, Duration duration, String reason) {
		if (!this.madeUp.test(target)) {
			logger.info(target + " is left alone for " + duration.toMillis() + " ms: " + reason);
		}
		this.decisions.add(Decision.Type.PAUSE, target, null,
				"left alone for " + duration.toMillis() + " ms: " + reason);
	}

}
