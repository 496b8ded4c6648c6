package io.arcllm.autoconfigure.actuator;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;

import io.arcllm.Target;
import io.arcllm.autoconfigure.actuator.Decisions.Decision;
import io.arcllm.autoconfigure.config.Text;
import io.arcllm.autoconfigure.stack.ProviderSwitches;
import io.arcllm.module.circuitbreaker.Breaker;
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
 * Shows operators what calls go through and what was decided for them, and lets them
 * change it. It shows no secrets and no content of calls.
 */
@Endpoint(id = "arcllm", defaultAccess = Access.READ_ONLY)
public final class ArcllmEndpoint {

	private final Inventory inventory;

	private final Map<String, EndpointAction> actions = new TreeMap<>();

	/**
	 * @param inventory what runs
	 * @param actions actions that do not concern one provider
	 */
	public ArcllmEndpoint(Inventory inventory, Collection<EndpointAction> actions) {
		this.inventory = inventory;
		actions.forEach((action) -> this.actions.put(action.name(), action));
	}

	/**
	 * Shows everything.
	 */
	@ReadOperation
	public Overview overview() {
		return new Overview(this.inventory.stack(), this.inventory.chain().stream().map(Target::toString).toList(),
				this.inventory.providers(), this.inventory.states(), this.inventory.decisions().recent());
	}

	/**
	 * Runs an action that does not concern one provider.
	 * @param action the name of an {@link EndpointAction}, or of an {@link Action} on an
	 * endpoint
	 * @param tenant the tenant, for actions that concern one
	 * @param limit the limit, for actions that concern one
	 * @param endpoint the scheme, host and port of a breaker, as gates show it
	 */
	@WriteOperation
	public Object act(String action, @Nullable String tenant, @Nullable String limit, @Nullable String endpoint) {
		if (endpoint != null) {
			return change(endpoint, Action.of(action), null);
		}
		EndpointAction known = this.actions.get(action);
		if (known == null) {
			throw refused("There is no action '" + action + "' here; there are: "
					+ String.join(", ", this.actions.keySet())
					+ ". Actions on a provider are posted to /{provider}, those on a host name it as 'endpoint'");
		}
		return known.run(new EndpointAction.Parameters(tenant, limit));
	}

	/**
	 * Runs an action that does not concern a host.
	 */
	public Object act(String action, @Nullable String tenant, @Nullable String limit) {
		return act(action, tenant, limit, null);
	}

	/**
	 * Changes a provider, the breaker of one of its models, or that of a host that
	 * providers share.
	 * @param provider the provider's name, or the scheme, host and port of an endpoint
	 * @param model the model of the breaker; the breakers of all models if it is left out
	 * @throws InvalidEndpointRequestException if the write would change nothing
	 */
	@WriteOperation
	public Changed change(@Selector String provider, Action action, @Nullable String model) {
		if (!this.inventory.names().contains(provider)) {
			return changeEndpoint(provider, action, model);
		}
		ProviderSwitches switches = this.inventory.switches();
		int breakers = switch (action) {
			case DISABLE -> switched(provider, false);
			case ENABLE -> switched(provider, true);
			case OPEN -> breakers(provider, model, (one) -> one.force(BreakerState.FORCED_OPEN));
			case CLOSE -> close(provider, model, closeEndpoint(provider));
			case RESET -> reset(provider, model) + closeEndpoint(provider);
		};
		return changed(provider, action, model, switches.isEnabled(provider), breakers);
	}

	private Changed changed(String name, Action action, @Nullable String model, boolean enabled, int breakers) {
		this.inventory.decisions()
			.add(Decision.Type.MANUAL, new Target(name, model), null, Text.dashed(action) + " by hand");
		return new Changed(name, enabled, breakers);
	}

	/** The breaker of the provider's host may be the one that refuses. */
	private int closeEndpoint(String provider) {
		return this.inventory.closeEndpoint(provider);
	}

	private Changed changeEndpoint(String endpoint, Action action, @Nullable String model) {
		List<String> endpoints = this.inventory.endpoints();
		if (model != null || !endpoints.contains(endpoint)) {
			throw refused(
					"There is no provider '" + endpoint + "'; there are: " + String.join(", ", this.inventory.names())
							+ (endpoints.isEmpty() ? "" : "; and the endpoints " + String.join(", ", endpoints)));
		}
		int breakers = switch (action) {
			case DISABLE, ENABLE -> throw refused("An endpoint is not "
					+ (action == Action.ENABLE ? "enabled" : "disabled") + ": its breaker is opened, closed or reset");
			case OPEN -> breakers(endpoint, null, (one) -> one.force(BreakerState.FORCED_OPEN));
			case CLOSE -> breakers(endpoint, null, (one) -> one.force(BreakerState.CLOSED));
			case RESET -> breakers(endpoint, null, ArcllmEndpoint::reset);
		};
		return changed(endpoint, action, null, true, breakers);
	}

	/**
	 * @param ofHost how many breakers of the host were closed: then there may be none
	 * left
	 */
	private int close(String provider, @Nullable String model, int ofHost) {
		Predicate<Breaker> close = (one) -> one.force(BreakerState.CLOSED);
		return ofHost
				+ ((ofHost > 0) ? this.inventory.breakers(provider, model, close) : breakers(provider, model, close));
	}

	/** Resets breakers and refused parameters. */
	private int reset(String provider, @Nullable String model) {
		return (this.inventory.forgetRefusals(provider, model) > 0)
				? this.inventory.breakers(provider, model, ArcllmEndpoint::reset)
				: breakers(provider, model, ArcllmEndpoint::reset);
	}

	private static boolean reset(Breaker breaker) {
		breaker.reset();
		return true;
	}

	private int switched(String provider, boolean enabled) {
		if (this.inventory.switches().isEnabled(provider) == enabled) {
			throw refused("The provider '" + provider + "' is " + (enabled ? "enabled" : "disabled") + " already");
		}
		return enabled ? this.inventory.switches().enable(provider) : this.inventory.switches().disable(provider);
	}

	private int breakers(String provider, @Nullable String model, Predicate<Breaker> change) {
		int changed = this.inventory.breakers(provider, model, change);
		if (changed == 0 && this.inventory.breakers(provider, model, (any) -> true) > 0) {
			throw refused("That would change nothing: " + this.inventory.breakers()
				.entrySet()
				.stream()
				.filter((one) -> one.getKey().provider().equals(provider))
				.map((one) -> "the circuit breaker of " + one.getKey() + " is "
						+ Text.dashed(one.getValue().get(0).state()))
				.collect(Collectors.joining(", ")));
		}
		if (changed == 0) {
			List<String> there = this.inventory.breakers().keySet().stream().map(Target::toString).toList();
			throw refused("There is no circuit breaker of " + new Target(provider, model) + ": "
					+ (there.isEmpty() ? "none was made; see arcllm.modules.circuit-breaker.enabled"
							: "there are: " + String.join(", ", there)));
		}
		return changed;
	}

	static InvalidEndpointRequestException refused(String reason) {
		return new InvalidEndpointRequestException(reason, reason);
	}

	/**
	 * The changes of a provider.
	 */
	public enum Action {

		/** The provider gets no more calls. */
		DISABLE,

		/** The provider gets calls again. */
		ENABLE,

		/** Its breakers refuse all calls until they are changed again. */
		OPEN,

		/** Its breakers let all calls through until they open by themselves. */
		CLOSE,

		/**
		 * Its breakers forget what they counted, and close; refused parameters are
		 * forgotten, too.
		 */
		RESET;

		/**
		 * The action of that name, in upper or lower case.
		 * @throws InvalidEndpointRequestException if there is none
		 */
		static Action of(@Nullable String text) {
			String name = String.valueOf(text).toUpperCase(Locale.ROOT).replace('-', '_');
			return Arrays.stream(values())
				.filter((action) -> action.name().equals(name))
				.findFirst()
				.orElseThrow(() -> refused("There is no action '" + text + "' on a provider; there are: "
						+ Arrays.stream(values()).map(Text::dashed).collect(Collectors.joining(", "))));
		}

	}

	/**
	 * What the endpoint shows.
	 *
	 * @param stack what calls of the primary provider go through, from the outside in
	 * @param chain the primary target and its fallbacks, in order
	 * @param providers by name
	 * @param gates the states of gates, by module and target
	 * @param decisions the last decisions, the newest first
	 */
	public record Overview(@Nullable String stack, List<String> chain, Map<String, Provider> providers,
			Map<String, Map<String, List<?>>> gates, List<Decision> decisions) {

	}

	/**
	 * A provider as it is shown.
	 *
	 * @param type its wire format; {@code bean} for the application's own
	 * @param model the model of requests that name none
	 * @param models all configured models
	 * @param key whether it has a key
	 * @param keys the state of each key, if there are several
	 * @param enabled whether it was not disabled
	 * @param stack every wrapper around it by name, from the outside in
	 * @param refusals the parameters that targets refused within the last hour and are
	 * asked without, by target
	 */
	record Provider(String type, @Nullable String model, List<String> models, boolean key, List<KeyPool.State> keys,
			boolean enabled, List<String> stack, Map<String, List<String>> refusals) {

	}

	/**
	 * What was changed.
	 *
	 * @param provider the name of the provider, or the scheme, host and port of an
	 * endpoint
	 * @param enabled whether it is asked now
	 * @param breakers how many breakers were changed
	 */
	public record Changed(String provider, boolean enabled, int breakers) {

	}

}
