package io.arcllm.autoconfigure.actuator;

import java.util.List;

import io.arcllm.Target;
import io.arcllm.autoconfigure.config.Text;
import io.arcllm.module.circuitbreaker.BreakerState;

import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;

/**
 * Tells from the states of breakers, without a call, whether the primary chain can
 * answer. It is up even if the chain cannot, unless configured otherwise, because a load
 * balancer would take the whole application out of service.
 */
public final class ArcllmHealthIndicator extends AbstractHealthIndicator {

	private final Inventory inventory;

	private final DownWhen downWhen;

	/**
	 * When the status is DOWN.
	 */
	public enum DownWhen {

		/** Never. */
		NEVER,

		/** While no target of the primary's chain would admit a call or a probe. */
		CHAIN_OPEN

	}

	public ArcllmHealthIndicator(Inventory inventory, DownWhen downWhen) {
		super("The state of circuit breakers could not be read");
		this.inventory = inventory;
		this.downWhen = downWhen;
	}

	@Override
	protected void doHealthCheck(Health.Builder builder) {
		List<Target> chain = this.inventory.chain();
		long closed = chain.stream().filter(this.inventory::admits).count();
		boolean open = closed == 0 && !chain.isEmpty();
		builder.status((open && this.downWhen == DownWhen.CHAIN_OPEN) ? "DOWN" : "UP");
		builder.withDetail("status", open ? "chain-open" : (closed < chain.size()) ? "degraded" : "ready");
		this.inventory.breakers()
			.forEach((target, all) -> builder.withDetail(target.toString(),
					all.stream().allMatch((one) -> isOpen(one.state())) ? "open" : Text.dashed(all.get(0).state())));
	}

	private static boolean isOpen(BreakerState state) {
		return state == BreakerState.OPEN || state == BreakerState.FORCED_OPEN;
	}

}
