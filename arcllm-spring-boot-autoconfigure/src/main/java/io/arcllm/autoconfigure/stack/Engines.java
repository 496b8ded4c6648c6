package io.arcllm.autoconfigure.stack;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Stream;

import io.arcllm.Target;
import io.arcllm.autoconfigure.config.StackPosition;

/**
 * The engines of one kind of gate, one a target and settings, so that all stacks of a
 * target share what it knows.
 *
 * @param <S> its settings
 * @param <E> the engine
 */
final class Engines<S, E> {

	/** Models that a caller makes up are no reason to keep ever more engines. */
	static final int MOST_KEPT = 500;

	private static final String OTHER_MODELS = "other";

	private final Function<StackPosition, S> settings;

	private final BiFunction<Target, S, E> maker;

	private final Map<Key<S>, E> kept = new LinkedHashMap<>();

	/**
	 * @param settings of the module at a place
	 * @param maker makes an engine
	 */
	Engines(Function<StackPosition, S> settings, BiFunction<Target, S, E> maker) {
		this.settings = settings;
		this.maker = maker;
	}

	/**
	 * The engine of the place's target with the settings there. When there are very many,
	 * further models of a provider share one.
	 */
	E of(StackPosition place) {
		return of(place.target(), this.settings.apply(place));
	}

	private synchronized E of(Target target, S settings) {
		Key<S> key = new Key<>(target, settings);
		if (this.kept.size() >= MOST_KEPT && !this.kept.containsKey(key)) {
			key = new Key<>(new Target(target.provider(), OTHER_MODELS), settings);
		}
		return this.kept.computeIfAbsent(key, (one) -> this.maker.apply(one.target(), one.settings()));
	}

	/** All there are, in the order in which they were made. */
	synchronized List<E> all() {
		return List.copyOf(this.kept.values());
	}

	/** The engines of each target. */
	synchronized Map<Target, List<E>> byTarget() {
		Map<Target, List<E>> byTarget = new LinkedHashMap<>();
		this.kept.forEach((key, engine) -> byTarget.merge(key.target(), List.of(engine), Engines::join));
		return byTarget;
	}

	private static <E> List<E> join(List<E> some, List<E> more) {
		return Stream.concat(some.stream(), more.stream()).toList();
	}

	private record Key<S>(Target target, S settings) {

	}

}
