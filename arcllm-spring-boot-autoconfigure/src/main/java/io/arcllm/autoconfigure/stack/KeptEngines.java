package io.arcllm.autoconfigure.stack;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Function;

import io.arcllm.LlmConfigException;
import io.arcllm.Target;
import io.arcllm.autoconfigure.config.StackPosition;
import org.jspecify.annotations.Nullable;

/**
 * The engines of one kind of module, by target and settings. When the configuration
 * changes, an engine keeps its state and gets new settings. Not safe for use by several
 * threads.
 *
 * @param <S> settings
 * @param <E> the engine
 */
public final class KeptEngines<S, E> {

	/** The least recently used first. */
	private final Map<Key<S>, Kept<E>> kept = new LinkedHashMap<>(16, 0.75f, true);

	public @Nullable E find(Target target, S settings) {
		Kept<E> found = this.kept.get(new Key<>(target, settings));
		return (found == null) ? null : found.engine();
	}

	/**
	 * @param position the first position that needed the engine
	 */
	public void put(Target target, S settings, E engine, StackPosition position) {
		this.kept.put(new Key<>(target, settings), new Kept<>(engine, position));
	}

	public int size() {
		return this.kept.size();
	}

	public void forgetLongestUnused() {
		this.kept.remove(this.kept.keySet().iterator().next());
	}

	public List<E> all() {
		return this.kept.values().stream().map(Kept::engine).distinct().toList();
	}

	/** Where each engine was first asked for. */
	public List<StackPosition> positions() {
		return this.kept.values().stream().map(Kept::position).distinct().toList();
	}

	public Map<Target, List<E>> byTarget() {
		Map<Target, List<E>> byTarget = new LinkedHashMap<>();
		this.kept.forEach((key, one) -> {
			List<E> engines = byTarget.computeIfAbsent(key.target(), (target) -> new ArrayList<>());
			if (!engines.contains(one.engine())) {
				engines.add(one.engine());
			}
		});
		return byTarget;
	}

	/**
	 * Each engine can be found by its new settings, too, and does not know of them yet.
	 * @param newer the settings at a position, or {@code null} for the same as before
	 * @return the other half: engines are told, and found by their new settings alone
	 */
	public Change<S, E> carryOver(Function<StackPosition, @Nullable S> newer) {
		Map<Key<S>, Kept<E>> next = new LinkedHashMap<>();
		this.kept.forEach((key, one) -> next.putIfAbsent(carried(key, one, newer), one));
		Set<Key<S>> known = new HashSet<>(this.kept.keySet());
		known.addAll(next.keySet());
		next.forEach(this.kept::putIfAbsent);
		return new Change<>(next, known);
	}

	private static <S, E> Key<S> carried(Key<S> key, Kept<E> one, Function<StackPosition, @Nullable S> newer) {
		S settings = newer.apply(one.position());
		return (settings == null) ? key : new Key<>(key.target(), settings);
	}

	/** The second half of a change. */
	public void finish(Change<S, E> change, BiConsumer<E, S> use) {
		Map<Key<S>, Kept<E>> made = new HashMap<>(this.kept);
		made.keySet().removeAll(change.known());
		Map<E, S> before = new HashMap<>();
		this.kept.forEach((key, one) -> before.putIfAbsent(one.engine(), key.settings()));
		this.kept.clear();
		this.kept.putAll(change.next());
		this.kept.putAll(made);
		change.next().forEach((key, one) -> {
			if (!key.settings().equals(before.get(one.engine()))) {
				use.accept(one.engine(), key.settings());
			}
		});
	}

	/**
	 * Settings at positions, bound before a lock is taken that calls may wait for.
	 *
	 * @param <S> settings
	 */
	public static final class Bound<S> {

		private final Function<StackPosition, S> binder;

		private final Map<StackPosition, Optional<S>> bound = new HashMap<>();

		public Bound(Function<StackPosition, S> binder) {
			this.binder = binder;
		}

		public void bind(StackPosition position) {
			this.bound.computeIfAbsent(position, this::read);
		}

		/** {@code null} if an override of a call is not valid any more. */
		public @Nullable S of(StackPosition position) {
			return this.bound.computeIfAbsent(position, this::read).orElse(null);
		}

		private Optional<S> read(StackPosition position) {
			try {
				return Optional.of(this.binder.apply(position));
			}
			catch (LlmConfigException ex) {
				return Optional.empty();
			}
		}

	}

	/**
	 * Half a change.
	 *
	 * @param next the engines after the change
	 * @param known the keys before the change
	 */
	public record Change<S, E>(Map<Key<S>, Kept<E>> next, Set<Key<S>> known) {
	}

	/**
	 * The key of an engine.
	 */
	public record Key<S>(Target target, S settings) {
	}

	/**
	 * An engine and its first position.
	 */
	public record Kept<E>(E engine, StackPosition position) {
	}

}
