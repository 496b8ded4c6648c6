package io.arcllm.autoconfigure.stack;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Stream;

import io.arcllm.LlmProvider;
import io.arcllm.Target;
import io.arcllm.autoconfigure.config.StackPosition;
import io.arcllm.module.Readiness;

/**
 * Puts one kind of gate into stacks, with one engine a target and settings, so that all
 * stacks of a target share what the engine knows.
 *
 * @param <S> the settings of the gate
 * @param <E> its engine
 */
public final class GateFactory<S, E extends Readiness> implements ModuleFactory {

	/** Bounds the engines of models that callers make up. */
	public static final int MOST_KEPT = 500;

	private static final String OTHER_MODELS = "other";

	private final String name;

	private final Function<StackPosition, S> settings;

	private final BiFunction<Target, S, E> maker;

	private final BiFunction<LlmProvider, E, LlmProvider> module;

	private final Function<E, ?> status;

	private final Map<Key<S>, E> kept = new LinkedHashMap<>();

	/**
	 * @param name the module's name under {@code arcllm.modules}
	 * @param settings the settings of the gate at a position
	 * @param maker makes the engine of a target
	 * @param module makes the module of what it wraps and its engine
	 * @param status what an engine knows now, as the actuator shows it
	 */
	public GateFactory(String name, Function<StackPosition, S> settings, BiFunction<Target, S, E> maker,
			BiFunction<LlmProvider, E, LlmProvider> module, Function<E, ?> status) {
		this.name = name;
		this.settings = settings;
		this.maker = maker;
		this.module = module;
		this.status = status;
	}

	@Override
	public String name() {
		return this.name;
	}

	@Override
	public LlmProvider around(LlmProvider inner, StackPosition position) {
		return this.module.apply(inner, engine(position));
	}

	@Override
	public Readiness readiness(StackPosition position) {
		return engine(position);
	}

	@Override
	public <T> List<T> engines(Class<T> type) {
		return engines().stream().filter(type::isInstance).map(type::cast).toList();
	}

	@Override
	public Map<Target, List<?>> states() {
		Map<Target, List<?>> states = new LinkedHashMap<>();
		byTarget().forEach((target, engines) -> states.put(target, engines.stream().map(this.status).toList()));
		return states;
	}

	/**
	 * The engine of the position's target with the settings there. From
	 * {@value #MOST_KEPT} engines on, further models of a provider share one.
	 */
	private E engine(StackPosition position) {
		return engine(position.target(), this.settings.apply(position));
	}

	private synchronized E engine(Target target, S settings) {
		Key<S> key = new Key<>(target, settings);
		if (this.kept.size() >= MOST_KEPT && !this.kept.containsKey(key)) {
			key = new Key<>(new Target(target.provider(), OTHER_MODELS), settings);
		}
		return this.kept.computeIfAbsent(key, (made) -> this.maker.apply(made.target(), made.settings()));
	}

	private synchronized List<E> engines() {
		return List.copyOf(this.kept.values());
	}

	private synchronized Map<Target, List<E>> byTarget() {
		Map<Target, List<E>> byTarget = new LinkedHashMap<>();
		this.kept.forEach((key, engine) -> byTarget.merge(key.target(), List.of(engine), GateFactory::join));
		return byTarget;
	}

	private static <E> List<E> join(List<E> some, List<E> more) {
		return Stream.concat(some.stream(), more.stream()).toList();
	}

	private record Key<S>(Target target, S settings) {
	}

}
