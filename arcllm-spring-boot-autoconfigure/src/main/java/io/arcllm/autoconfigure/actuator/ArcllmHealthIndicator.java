package io.arcllm.autoconfigure.actuator;

import java.util.List;
import java.util.Map;

import io.arcllm.Target;
import io.arcllm.autoconfigure.config.Text;
import io.arcllm.module.circuitbreaker.BreakerState;
import io.arcllm.module.circuitbreaker.BreakerStatus;

import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;

/**
 * Says from breakers' states, without a call, whether the primary chain can answer: down
 * only when the breaker of each of its targets is open.
 */
public final class ArcllmHealthIndicator extends AbstractHealthIndicator {

	private final Inventory inventory;

	public ArcllmHealthIndicator(Inventory inventory) {
		super("The state of circuit breakers could not be read");
		this.inventory = inventory;
	}

	@Override
	protected void doHealthCheck(Health.Builder builder) {
		Map<Target, List<BreakerStatus>> breakers = this.inventory.breakers();
		breakers.forEach((target, all) -> builder.withDetail(target.toString(),
				isOpen(all) ? "open" : Text.dashed(all.get(0).state())));
		List<Target> chain = this.inventory.chain();
		boolean down = !chain.isEmpty()
				&& chain.stream().allMatch((target) -> isOpen(breakers.getOrDefault(target, List.of())));
		builder.status(down ? Status.DOWN : Status.UP);
	}

	private static boolean isOpen(List<BreakerStatus> breakers) {
		return !breakers.isEmpty() && breakers.stream()
			.allMatch((one) -> one.state() == BreakerState.OPEN || one.state() == BreakerState.FORCED_OPEN);
	}

}
