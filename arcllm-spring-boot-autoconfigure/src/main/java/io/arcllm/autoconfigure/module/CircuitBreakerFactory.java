package io.arcllm.autoconfigure.module;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Predicate;

import io.arcllm.LlmProvider;
import io.arcllm.Target;
import io.arcllm.autoconfigure.config.ModuleSettings;
import io.arcllm.autoconfigure.config.StackPosition;
import io.arcllm.autoconfigure.stack.KeptEngines;
import io.arcllm.autoconfigure.stack.KeptEngines.Bound;
import io.arcllm.autoconfigure.stack.KeptEngines.Change;
import io.arcllm.autoconfigure.stack.ModuleFactory;
import io.arcllm.module.Readiness;
import io.arcllm.module.Rejection;
import io.arcllm.module.circuitbreaker.Breaker;
import io.arcllm.module.circuitbreaker.CircuitBreakerModule;
import io.arcllm.module.circuitbreaker.CircuitBreakerSettings;
import org.jspecify.annotations.Nullable;

/**
 * Puts circuit breakers into stacks: one for each provider and model, including models
 * that come with requests, and one for each host and port.
 */
public final class CircuitBreakerFactory implements ModuleFactory {

	public static final String NAME = "circuit-breaker";

	/** The most breakers of models of a provider, because callers may invent models. */
	static final int MOST_MODELS = 1000;

	private final ModuleSettings settings;

	private final BiFunction<Target, CircuitBreakerSettings, Breaker> maker;

	private final Function<String, @Nullable String> endpoints;

	private final Predicate<String> tenantsHaveKeys;

	/** By provider. */
	private final Map<String, KeptEngines<CircuitBreakerSettings, Breaker>> kept = new LinkedHashMap<>();

	private final KeptEngines<CircuitBreakerSettings, Breaker> shared = new KeptEngines<>();

	/**
	 * Locks by provider and endpoint, held while a breaker is made: readers, such as
	 * health, do not wait for the application's customizers.
	 */
	private final Map<String, Object> making = new ConcurrentHashMap<>();

	/**
	 * @param settings of breakers at each position
	 * @param maker makes a breaker
	 * @param endpoints the scheme, host and port of a provider, by its name
	 * @param tenantsHaveKeys whether tenants of a provider may have keys of their own
	 */
	public CircuitBreakerFactory(ModuleSettings settings, BiFunction<Target, CircuitBreakerSettings, Breaker> maker,
			Function<String, @Nullable String> endpoints, Predicate<String> tenantsHaveKeys) {
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
		CircuitBreakerSettings own = settings(this.settings, position);
		Breaker first = breaker(position, null, own);
		return new CircuitBreakerModule(inner, (model) -> breaker(position, model, first.settings()),
				endpoint(position, own), this.tenantsHaveKeys.test(position.provider()));
	}

	@Override
	public Readiness readiness(StackPosition position) {
		CircuitBreakerSettings own = settings(this.settings, position);
		Breaker first = breaker(position, null, own);
		Breaker endpoint = endpoint(position, own);
		return new Readiness() {

			@Override
			public @Nullable Rejection rejection() {
				return rejection(null);
			}

			@Override
			public @Nullable Rejection rejection(@Nullable String model) {
				Rejection rejection = (endpoint == null) ? null : endpoint.rejection();
				Breaker known = (rejection != null) ? null : find(asked(position.target(), model), first.settings());
				return (known == null) ? rejection : known.rejection(model);
			}

		};
	}

	private static CircuitBreakerSettings settings(ModuleSettings settings, StackPosition position) {
		return settings.bind(NAME, CircuitBreakerSettings.class, position);
	}

	/** The breaker, which is made once; readers do not wait for it. */
	private Breaker breaker(StackPosition position, @Nullable String model, CircuitBreakerSettings own) {
		Target target = asked(position.target(), model);
		Breaker known = find(target, own);
		if (known != null) {
			return known;
		}
		synchronized (this.making.computeIfAbsent(target.provider(), (provider) -> new Object())) {
			Breaker meanwhile = find(target, own);
			return (meanwhile != null) ? meanwhile : keep(target, own, this.maker.apply(target, own), position);
		}
	}

	/** The breaker if it exists; none is created. */
	private synchronized @Nullable Breaker find(Target target, CircuitBreakerSettings own) {
		KeptEngines<CircuitBreakerSettings, Breaker> ofProvider = this.kept.get(target.provider());
		return (ofProvider == null) ? null : ofProvider.find(target, own);
	}

	private synchronized Breaker keep(Target target, CircuitBreakerSettings own, Breaker breaker,
			StackPosition position) {
		KeptEngines<CircuitBreakerSettings, Breaker> ofProvider = this.kept.computeIfAbsent(target.provider(),
				(provider) -> new KeptEngines<>());
		if (ofProvider.size() >= MOST_MODELS) {
			ofProvider.forgetLongestUnused();
		}
		ofProvider.put(target, own, breaker, position);
		return breaker;
	}

	private static Target asked(Target target, @Nullable String model) {
		return (model == null || model.equals(target.model())) ? target : new Target(target.provider(), model);
	}

	private @Nullable Breaker endpoint(StackPosition position, CircuitBreakerSettings own) {
		String endpoint = own.endpoint() ? this.endpoints.apply(position.provider()) : null;
		if (endpoint == null) {
			return null;
		}
		Target target = new Target(endpoint, null);
		synchronized (this.making.computeIfAbsent(endpoint, (provider) -> new Object())) {
			Breaker known = findShared(target, own);
			if (known != null) {
				return known;
			}
			Breaker breaker = this.maker.apply(target, own);
			synchronized (this) {
				this.shared.put(target, own, breaker, position);
			}
			return breaker;
		}
	}

	private synchronized @Nullable Breaker findShared(Target target, CircuitBreakerSettings own) {
		return this.shared.find(target, own);
	}

	@Override
	public Runnable carryOver(ModuleSettings newer) {
		Bound<CircuitBreakerSettings> bound = new Bound<>((position) -> settings(newer, position));
		positions().forEach(bound::bind);
		Map<KeptEngines<CircuitBreakerSettings, Breaker>, Change<CircuitBreakerSettings, Breaker>> changes = new LinkedHashMap<>();
		synchronized (this) {
			all().forEach((some) -> changes.put(some, some.carryOver(bound::of)));
		}
		return () -> {
			synchronized (this) {
				changes.forEach((some, change) -> some.finish(change, Breaker::use));
			}
		};
	}

	private synchronized List<StackPosition> positions() {
		return all().stream().flatMap((some) -> some.positions().stream()).distinct().toList();
	}

	private List<KeptEngines<CircuitBreakerSettings, Breaker>> all() {
		List<KeptEngines<CircuitBreakerSettings, Breaker>> all = new ArrayList<>();
		all.add(this.shared);
		all.addAll(this.kept.values());
		return all;
	}

	private synchronized List<Breaker> breakers() {
		return all().stream().flatMap((some) -> some.all().stream()).toList();
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

}
