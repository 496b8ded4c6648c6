package io.arcllm.module.attempt;

import java.time.Duration;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.stream.Collectors;

import io.arcllm.Parameter;
import io.arcllm.Target;

/**
 * Remembers for an hour which parameters a target (a provider and a model) refused
 * whatever their value. For each provider it keeps at most 1,000 targets, those that
 * refused last. Safe for use by many threads.
 */
public final class RefusedParameters {

	private static final int MOST_OF_A_PROVIDER = 1000;

	private static final long KEPT = Duration.ofHours(1).toNanos();

	private final LongSupplier clock;

	private final Map<String, Targets> providers = new HashMap<>();

	/** Most processes never learn a refusal, and so never take the lock. */
	private volatile boolean empty = true;

	/**
	 * @param clock nanoseconds
	 */
	public RefusedParameters(LongSupplier clock) {
		this.clock = clock;
	}

	/** The parameters that the target is known to refuse. */
	public Set<Parameter> of(Target target) {
		return this.empty ? Set.of() : known(target);
	}

	private synchronized Set<Parameter> known(Target target) {
		Targets targets = this.providers.get(target.provider());
		Map<Parameter, Long> refused = (targets == null) ? null : targets.get(target);
		if (refused == null) {
			return Set.of();
		}
		long now = this.clock.getAsLong();
		refused.values().removeIf((until) -> until - now <= 0);
		return refused.isEmpty() ? Set.of() : EnumSet.copyOf(refused.keySet());
	}

	/** The target refused this parameter. */
	public synchronized void learn(Target target, Parameter parameter) {
		this.providers.computeIfAbsent(target.provider(), (provider) -> new Targets())
			.computeIfAbsent(target, (one) -> new EnumMap<>(Parameter.class))
			.put(parameter, this.clock.getAsLong() + KEPT);
		this.empty = false;
	}

	/**
	 * Forgets what was learnt of these targets.
	 * @return how many refusals that were
	 */
	public synchronized int forget(Predicate<Target> which) {
		int before = size();
		this.providers.values().forEach((targets) -> targets.keySet().removeIf(which));
		this.providers.values().removeIf(Map::isEmpty);
		this.empty = this.providers.isEmpty();
		return before - size();
	}

	private int size() {
		return this.providers.values()
			.stream()
			.flatMap((targets) -> targets.values().stream())
			.mapToInt(Map::size)
			.sum();
	}

	/** All that is known now of a provider's targets. */
	public synchronized Map<Target, Set<Parameter>> all(String provider) {
		Targets targets = this.providers.getOrDefault(provider, new Targets());
		return Set.copyOf(targets.keySet())
			.stream()
			.filter((target) -> !known(target).isEmpty())
			.collect(Collectors.toMap((target) -> target, this::known));
	}

	/** By target, the least recently used one first. */
	@SuppressWarnings("serial")
	private static final class Targets extends LinkedHashMap<Target, Map<Parameter, Long>> {

		Targets() {
			super(16, 0.75f, true);
		}

		@Override
		protected boolean removeEldestEntry(Map.Entry<Target, Map<Parameter, Long>> eldest) {
			return size() > MOST_OF_A_PROVIDER;
		}

	}

}
