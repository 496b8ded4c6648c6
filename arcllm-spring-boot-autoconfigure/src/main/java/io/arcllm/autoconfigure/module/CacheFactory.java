package io.arcllm.autoconfigure.module;

import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

import io.arcllm.CallOptions;
import io.arcllm.LlmProvider;
import io.arcllm.Target;
import io.arcllm.autoconfigure.config.ConfigMistake;
import io.arcllm.autoconfigure.config.ModuleSettings;
import io.arcllm.autoconfigure.config.ProviderDefinition;
import io.arcllm.autoconfigure.config.ProviderDefinitions;
import io.arcllm.autoconfigure.config.StackPosition;
import io.arcllm.autoconfigure.stack.ChainFactory;
import io.arcllm.autoconfigure.stack.GateFactory;
import io.arcllm.autoconfigure.stack.ModuleFactory;
import io.arcllm.autoconfigure.stack.Prices;
import io.arcllm.autoconfigure.stack.Targets;
import io.arcllm.module.cache.AnswerCache;
import io.arcllm.module.cache.AnswerCache.Route;
import io.arcllm.module.cache.AnswerStore;
import io.arcllm.module.cache.CacheModule;
import io.arcllm.module.cache.CacheSettings;
import io.arcllm.module.cache.MemoryAnswers;
import io.arcllm.module.fallback.FallbackSettings;
import org.jspecify.annotations.Nullable;

/**
 * Puts caches into stacks. Caches of the same size share their answers.
 */
public final class CacheFactory implements ModuleFactory {

	static final String NAME = "cache";

	private final ModuleSettings settings;

	private final Targets targets;

	private final Prices prices;

	private final Clock clock;

	private final Supplier<@Nullable AnswerStore> spring;

	private final Map<Size, AnswerStore> stores = new ConcurrentHashMap<>();

	private final Map<Key, AnswerCache> caches = new LinkedHashMap<>();

	/**
	 * @param settings the settings at each position
	 * @param targets the targets of calls
	 * @param clock the time of day
	 * @param spring the store of the application's cache manager, if it has one
	 */
	public CacheFactory(ModuleSettings settings, Targets targets, Clock clock, Supplier<@Nullable AnswerStore> spring) {
		this.settings = settings;
		this.targets = targets;
		this.prices = new Prices(targets, settings);
		this.clock = clock;
		this.spring = spring;
	}

	@Override
	public String name() {
		return NAME;
	}

	@Override
	public LlmProvider around(LlmProvider inner, StackPosition position) {
		return new CacheModule(inner, cache(position), position.target());
	}

	/** The application's cache manager may be slow, so it is asked without the lock. */
	private AnswerCache cache(StackPosition position) {
		CacheSettings own = this.settings.bind(NAME, CacheSettings.class, position);
		Key key = new Key(position.target(), own, route(position));
		AnswerStore store = store(own);
		synchronized (this) {
			AnswerCache known = this.caches.get(key);
			if (known == null) {
				known = new AnswerCache(own, key.route(), store, this.clock, this.prices.currency());
				if (this.caches.size() < GateFactory.MOST_KEPT) {
					this.caches.put(key, known);
				}
			}
			return known;
		}
	}

	/** The target and its chain, with the defaults of requests. */
	private Route route(StackPosition position) {
		StringBuilder route = new StringBuilder(position.target().toString());
		CallOptions options = position.options();
		if (this.settings.enabled(ChainFactory.NAME, position.provider(), options)) {
			FallbackSettings chain = this.settings.bind(ChainFactory.NAME, FallbackSettings.class, position);
			route.append(chain.chain())
				.append(resolved(chain.chainTargets()))
				.append(resolved(chain.contextWindow()))
				.append(resolved(chain.contentPolicy()))
				.append(chain.selection())
				.append(chain.weights())
				.append(chain.affinity())
				.append(chain.only());
		}
		ProviderDefinition definition = this.targets.definition(position.provider());
		if (definition == null) {
			return new Route(route.toString(), null, false);
		}
		route.append(definition.defaults()).append(definition.options());
		return new Route(route.toString(), definition.defaults().temperature(),
				definition.options().get("seed") != null);
	}

	/** The targets behind names, because another model gives other answers. */
	private List<Target> resolved(List<String> chain) {
		return this.targets.modelNames().expand(chain).stream().map(this.targets::resolve).toList();
	}

	private AnswerStore store(CacheSettings own) {
		if (own.store() == CacheSettings.Store.SPRING) {
			AnswerStore store = this.spring.get();
			if (store == null) {
				throw noCache();
			}
			return store;
		}
		return this.stores.computeIfAbsent(new Size(own.maxEntries(), own.maxSize().toBytes()),
				(size) -> new MemoryAnswers(size.entries(), size.bytes()));
	}

	private static ConfigMistake noCache() {
		return new ConfigMistake("arcllm.modules.cache.store",
				"arcllm.modules.cache.store is spring, but there is no CacheManager with a cache named 'arcllm'.",
				"Add @EnableCaching and such a cache, or set arcllm.modules.cache.store: memory.");
	}

	@Override
	public void check(ModuleSettings settings, ProviderDefinitions definitions) {
		boolean shared = definitions.all().stream().anyMatch((one) -> isShared(settings, one.name()));
		if (shared && this.spring.get() == null) {
			throw noCache();
		}
	}

	private static boolean isShared(ModuleSettings settings, String provider) {
		return settings.enabled(NAME, provider, CallOptions.NONE)
				&& settings.bind(NAME, CacheSettings.class, provider, CallOptions.NONE)
					.store() == CacheSettings.Store.SPRING;
	}

	/**
	 * Forgets the answers of a tenant.
	 * @param tenant the tenant; {@code null} for all
	 */
	@Override
	public OptionalLong forget(@Nullable String tenant) {
		long forgotten = 0;
		boolean known = true;
		for (AnswerStore store : stores()) {
			OptionalLong here = store.forget(tenant);
			known &= here.isPresent();
			forgotten += here.orElse(0);
		}
		return known ? OptionalLong.of(forgotten) : OptionalLong.empty();
	}

	private List<AnswerStore> stores() {
		// also before the first call: other replicas keep answers there
		boolean shared = this.targets.names().stream().anyMatch((name) -> isShared(this.settings, name));
		AnswerStore spring = shared ? this.spring.get() : null;
		List<AnswerStore> all = new ArrayList<>(this.stores.values());
		if (spring != null) {
			all.add(spring);
		}
		return all;
	}

	@Override
	public synchronized Map<Target, List<?>> states() {
		Map<Target, List<Object>> states = new LinkedHashMap<>();
		this.caches.forEach(
				(key, cache) -> states.computeIfAbsent(key.target(), (one) -> new ArrayList<>()).add(cache.status()));
		return new LinkedHashMap<>(states);
	}

	private record Size(int entries, long bytes) {
	}

	private record Key(Target target, CacheSettings settings, Route route) {
	}

}
