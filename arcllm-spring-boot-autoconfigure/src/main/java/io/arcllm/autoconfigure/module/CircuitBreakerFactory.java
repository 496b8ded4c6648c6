package io.arcllm.autoconfigure.module;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Predicate;

import io.arcllm.LlmProvider;
import io.arcllm.Target;
import io.arcllm.autoconfigure.config.StackPosition;
import io.arcllm.autoconfigure.stack.ModuleFactory;
import io.arcllm.module.Readiness;
import io.arcllm.module.Refusal;
import io.arcllm.module.circuitbreaker.Breaker;
import io.arcllm.module.circuitbreaker.CircuitBreakerModule;
import io.arcllm.module.circuitbreaker.CircuitBreakerSettings;
import org.jspecify.annotations.Nullable;

/**
 * Puts circuit breakers into stacks: one for each provider and model that is asked, also
 * where the model comes with the request, and one for each host and port.
 */
public final class CircuitBreakerFactory implements ModuleFactory {

	public static final String NAME = "circuit-breaker";

	/** Bounds the breakers of models that callers make up. */
	static final int MOST_MODELS = 1000;

	private final Function<StackPosition, CircuitBreakerSettings> settings;

	private final BiFunction<Target, CircuitBreakerSettings, Breaker> maker;

	private final Function<String, @Nullable String> endpoints;

	private final Predicate<String> tenantsHaveKeys;

	/** By provider, the one that was not used for the longest time first. */
	private final Map<String, Map<Key, Breaker>> kept = new LinkedHashMap<>();

	private final Map<Key, Breaker> shared = new LinkedHashMap<>();

	/**
	 * @param settings of breakers at a position
	 * @param maker makes a breaker
	 * @param endpoints the scheme, host and port of a provider whose targets share them,
	 * by name
	 * @param tenantsHaveKeys whether tenants of a provider may have keys of their own
	 */
	public CircuitBreakerFactory(Function<StackPosition, CircuitBreakerSettings> settings,
			BiFunction<Target, CircuitBreakerSettings, Breaker> maker, Function<String, @Nullable String> endpoints,
			Predicate<String> tenantsHaveKeys) {
		this.tenantsHaveKeys = tenantsHaveKeys;
		this.settings = settings;
		this.maker = maker;
		this.endpoints = endpoints;
	}

	@Override
	public String name() {
		return NAME;
	}

	@Override
	public LlmProvider around(LlmProvider inner, StackPosition position) {
		CircuitBreakerSettings own = this.settings.apply(position);
		breaker(position.target(), null, own);
		return new CircuitBreakerModule(inner, (model) -> breaker(position.target(), model, own),
				endpoint(position, own), this.tenantsHaveKeys.test(position.provider()));
	}

	@Override
	public Readiness readiness(StackPosition position) {
		CircuitBreakerSettings own = this.settings.apply(position);
		breaker(position.target(), null, own);
		Breaker endpoint = endpoint(position, own);
		return new Readiness() {

			@Override
			public @Nullable Refusal refusal() {
				return refusal(null);
			}

			@Override
			public @Nullable Refusal refusal(@Nullable String model) {
				Refusal refusal = (endpoint == null) ? null : endpoint.refusal();
				Breaker known = (refusal != null) ? null : known(position.target(), model, own);
				return (known == null) ? refusal : known.refusal(model);
			}

		};
	}

	private synchronized Breaker breaker(Target target, @Nullable String model, CircuitBreakerSettings own) {
		Key key = key(target, model, own);
		Map<Key, Breaker> ofProvider = this.kept.computeIfAbsent(target.provider(),
				(provider) -> new LinkedHashMap<>(16, 0.75f, true));
		Breaker breaker = ofProvider.get(key);
		if (breaker == null) {
			if (ofProvider.size() >= MOST_MODELS) {
				ofProvider.remove(ofProvider.keySet().iterator().next());
			}
			breaker = this.maker.apply(key.target(), own);
			ofProvider.put(key, breaker);
		}
		return breaker;
	}

	/** Looking makes no breaker. */
	private synchronized @Nullable Breaker known(Target target, @Nullable String model, CircuitBreakerSettings own) {
		return this.kept.getOrDefault(target.provider(), Map.of()).get(key(target, model, own));
	}

	private static Key key(Target target, @Nullable String model, CircuitBreakerSettings own) {
		return new Key((model == null || model.equals(target.model())) ? target : new Target(target.provider(), model),
				own);
	}

	private @Nullable Breaker endpoint(StackPosition position, CircuitBreakerSettings own) {
		String endpoint = own.endpoint() ? this.endpoints.apply(position.provider()) : null;
		if (endpoint == null) {
			return null;
		}
		synchronized (this) {
			return this.shared.computeIfAbsent(new Key(new Target(endpoint, null), own),
					(key) -> this.maker.apply(key.target(), own));
		}
	}

	private synchronized List<Breaker> breakers() {
		List<Breaker> all = new ArrayList<>(this.shared.values());
		this.kept.values().forEach((ofProvider) -> all.addAll(ofProvider.values()));
		return all;
	}

	@Override
	public <T> List<T> engines(Class<T> type) {
		return breakers().stream().filter(type::isInstance).map(type::cast).toList();
	}

	@Override
	public Map<Target, List<?>> states() {
		Map<Target, List<?>> states = new LinkedHashMap<>();
		for (Breaker breaker : breakers()) {
			List<Object> all = new ArrayList<>(states.getOrDefault(breaker.target(), List.of()));
			all.add(breaker.status());
			states.put(breaker.target(), all);
		}
		return states;
	}

	private record Key(Target target, CircuitBreakerSettings settings) {
	}

}
