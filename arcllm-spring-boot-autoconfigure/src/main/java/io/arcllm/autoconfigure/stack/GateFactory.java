package io.arcllm.autoconfigure.stack;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import io.arcllm.CallOptions;
import io.arcllm.LlmProvider;
import io.arcllm.Target;
import io.arcllm.autoconfigure.config.ModuleSettings;
import io.arcllm.autoconfigure.config.ProviderDefinitions;
import io.arcllm.autoconfigure.config.StackPosition;
import io.arcllm.autoconfigure.stack.KeptEngines.Bound;
import io.arcllm.autoconfigure.stack.KeptEngines.Change;
import io.arcllm.module.Readiness;
import org.jspecify.annotations.Nullable;

/**
 * Puts one kind of gate into stacks, with one engine for each target and settings, so
 * that all stacks of a target share the engine's state.
 *
 * @param <S> the settings of the gate
 * @param <E> its engine
 */
public final class GateFactory<S, E extends Readiness> implements ModuleFactory {

	/** The most engines, because callers may invent models. */
	public static final int MOST_KEPT = 500;

	private static final String OTHER_MODELS = "other";

	private final Gate<S, E> gate;

	private final ModuleSettings settings;

	private final KeptEngines<S, E> kept = new KeptEngines<>();

	/** Locks by provider, held while an engine is made, so that each is made once. */
	private final Map<String, Object> making = new ConcurrentHashMap<>();

	/**
	 * @param gate the kind of gate
	 * @param settings the settings at each position
	 */
	public GateFactory(Gate<S, E> gate, ModuleSettings settings) {
		this.gate = gate;
		this.settings = settings;
	}

	@Override
	public String name() {
		return this.gate.name();
	}

	@Override
	public LlmProvider around(LlmProvider inner, StackPosition position) {
		return this.gate.module(inner, engine(position));
	}

	@Override
	public Readiness readiness(StackPosition position) {
		return engine(position);
	}

	@Override
	public synchronized <T> List<T> engines(Class<T> type) {
		return this.kept.all().stream().filter(type::isInstance).map(type::cast).toList();
	}

	@Override
	public synchronized Map<Target, List<?>> states() {
		Map<Target, List<?>> states = new LinkedHashMap<>();
		this.kept.byTarget()
			.forEach((target, engines) -> states.put(target, engines.stream().map(this.gate::status).toList()));
		return states;
	}

	@Override
	public void check(ModuleSettings settings, ProviderDefinitions definitions) {
		definitions.all()
			.stream()
			.filter((one) -> settings.enabled(name(), one.name(), CallOptions.NONE))
			.forEach((one) -> this.gate.check(new Target(one.name(), one.model()),
					settings.bind(name(), this.gate.settings(), one.name(), CallOptions.NONE)));
	}

	@Override
	public Runnable carryOver(ModuleSettings newer) {
		Bound<S> bound = new Bound<>((position) -> newer.bind(name(), this.gate.settings(), position));
		positions().forEach(bound::bind);
		Change<S, E> change;
		synchronized (this) {
			change = this.kept.carryOver(bound::of);
		}
		return () -> {
			synchronized (this) {
				this.kept.finish(change, this.gate::use);
			}
		};
	}

	private synchronized List<StackPosition> positions() {
		return this.kept.positions();
	}

	/** Settings are bound, and engines made, without the lock that readers take. */
	private E engine(StackPosition position) {
		S own = this.settings.bind(name(), this.gate.settings(), position);
		E known = find(position.target(), own);
		if (known != null) {
			return known;
		}
		synchronized (this.making.computeIfAbsent(position.provider(), (provider) -> new Object())) {
			E meanwhile = find(position.target(), own);
			return (meanwhile != null) ? meanwhile : made(position, own);
		}
	}

	/**
	 * The engine of a target with these settings. From {@value #MOST_KEPT} engines on,
	 * further models of a provider share one.
	 */
	private synchronized @Nullable E find(Target target, S own) {
		E engine = this.kept.find(target, own);
		return (engine == null && isFull()) ? this.kept.find(other(target), own) : engine;
	}

	private E made(StackPosition position, S own) {
		Target target = isFull() ? other(position.target()) : position.target();
		E engine = this.gate.engine(target, own);
		synchronized (this) {
			this.kept.put(target, own, engine, position);
		}
		return engine;
	}

	private synchronized boolean isFull() {
		return this.kept.size() >= MOST_KEPT;
	}

	private static Target other(Target target) {
		return new Target(target.provider(), OTHER_MODELS);
	}

}
