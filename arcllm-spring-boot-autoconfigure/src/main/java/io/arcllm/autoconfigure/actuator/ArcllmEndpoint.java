package io.arcllm.autoconfigure.actuator;

import java.util.List;
import java.util.Map;

import io.arcllm.Target;
import io.arcllm.autoconfigure.actuator.Decisions.Decision;
import io.arcllm.autoconfigure.config.Text;
import io.arcllm.autoconfigure.stack.ProviderSwitches;
import io.arcllm.module.circuitbreaker.BreakerState;
import io.arcllm.provider.key.KeyPool;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;

/**
 * Shows platform engineers what calls go through and what was decided for them, and lets
 * them step in. Shows no secrets and nothing that was asked or answered.
 */
@Endpoint(id = "arcllm", defaultAccess = Access.READ_ONLY)
public final class ArcllmEndpoint {

	private final Inventory inventory;

	public ArcllmEndpoint(Inventory inventory) {
		this.inventory = inventory;
	}

	/**
	 * All there is to see.
	 */
	@ReadOperation
	public Overview overview() {
		return new Overview(this.inventory.stack(), this.inventory.chain().stream().map(Target::toString).toList(),
				this.inventory.providers(), this.inventory.states(), this.inventory.decisions().recent());
	}

	/**
	 * Steps in: for a whole provider, or for one of its models.
	 * @param provider the provider's name
	 * @param model whose breaker is meant; those of all models where it is left out
	 */
	@WriteOperation
	public Changed change(@Selector String provider, Action action, @Nullable String model) {
		if (!this.inventory.names().contains(provider)) {
			throw new InvalidEndpointRequestException("There is no provider '" + provider + "'", "no such provider");
		}
		ProviderSwitches switches = this.inventory.switches();
		int breakers = switch (action) {
			case DISABLE -> switches.disable(provider);
			case ENABLE -> switches.enable(provider);
			case OPEN -> this.inventory.breakers(provider, model, (one) -> one.force(BreakerState.FORCED_OPEN));
			case CLOSE -> this.inventory.breakers(provider, model, (one) -> one.force(BreakerState.CLOSED));
			case RESET -> this.inventory.breakers(provider, model, (one) -> one.reset());
		};
		this.inventory.decisions()
			.add(Decision.Type.MANUAL, new Target(provider, model), null, Text.dashed(action) + " by hand");
		return new Changed(provider, switches.isEnabled(provider), breakers);
	}

	/**
	 * What can be done by hand.
	 */
	public enum Action {

		/** No more calls to the provider. */
		DISABLE,

		/** Calls to the provider again. */
		ENABLE,

		/** Its breakers refuse all until told otherwise. */
		OPEN,

		/** Its breakers let all through until they open by themselves. */
		CLOSE,

		/** Its breakers forget all they know, and close. */
		RESET

	}

	/**
	 * What there is to see.
	 *
	 * @param stack what calls of the primary provider go through, from the outside in
	 * @param chain the primary target and its fallbacks, in order
	 * @param providers by name
	 * @param gates by module and target, what each gate knows
	 * @param decisions the last ones, the newest first
	 */
	public record Overview(@Nullable String stack, List<String> chain, Map<String, Provider> providers,
			Map<String, Map<String, List<?>>> gates, List<Decision> decisions) {

	}

	/**
	 * A provider as it is shown.
	 *
	 * @param type its wire format; {@code bean} for the application's own
	 * @param model asked when a request names none
	 * @param models all that are configured
	 * @param key whether it has a key
	 * @param keys how each key is, where there are several
	 * @param enabled whether it was not disabled
	 * @param stack every wrapper around it by name, from the outside in
	 */
	record Provider(String type, @Nullable String model, List<String> models, boolean key, List<KeyPool.State> keys,
			boolean enabled, List<String> stack) {

	}

	/**
	 * What was changed.
	 *
	 * @param provider whose
	 * @param enabled whether it is asked now
	 * @param breakers how many breakers were changed
	 */
	public record Changed(String provider, boolean enabled, int breakers) {

	}

}
