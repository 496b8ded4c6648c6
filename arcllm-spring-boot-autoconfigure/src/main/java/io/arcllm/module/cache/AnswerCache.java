package io.arcllm.module.cache;

import java.math.BigDecimal;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

import io.arcllm.Attempt;
import io.arcllm.Cost;
import io.arcllm.LlmRequest;
import io.arcllm.LlmResponse;
import io.arcllm.Trail;
import io.arcllm.module.cache.CacheSettings.When;
import org.jspecify.annotations.Nullable;

/**
 * Decides which calls may get a cached answer, which answers are kept, and when one is
 * too old. It depends on a clock, and not on Reactive Streams. Safe for use by many
 * threads.
 */
public final class AnswerCache {

	private final CacheSettings settings;

	private final Route route;

	private final AnswerStore store;

	private final Clock clock;

	private final String currency;

	private final LongAdder hits = new LongAdder();

	private final LongAdder misses = new LongAdder();

	private final LongAdder stale = new LongAdder();

	private final Map<String, Flight> flights = new ConcurrentHashMap<>();

	/**
	 * The targets of a call, and the defaults that decide whether it is deterministic.
	 *
	 * @param targets the target and its chain, as written
	 * @param temperature the temperature of requests that set none
	 * @param seeded whether requests that set no seed get one
	 */
	public record Route(String targets, @Nullable Double temperature, boolean seeded) {
	}

	/**
	 * @param settings which answers are kept, and for how long
	 * @param route the targets of calls
	 * @param store keeps the answers; shared
	 * @param clock the time of day
	 * @param currency the currency of the cost of a cached answer, which is 0
	 */
	public AnswerCache(CacheSettings settings, Route route, AnswerStore store, Clock clock, String currency) {
		this.settings = settings;
		this.route = route;
		this.store = store;
		this.clock = clock;
		this.currency = currency;
	}

	/** Calls that are under way, by key. */
	Map<String, Flight> flights() {
		return this.flights;
	}

	boolean isSingleFlight() {
		return this.settings.singleFlight();
	}

	/** Whether the call's answer may be kept. */
	boolean mayKeep(LlmRequest request) {
		if (this.settings.when() == When.ALWAYS) {
			return true;
		}
		Double temperature = (request.temperature() == null) ? this.route.temperature() : request.temperature();
		boolean seeded = request.options().get("seed") != null || this.route.seeded();
		return request.tools().isEmpty() && request.options().get("tools") == null
				&& (seeded || (temperature != null && temperature == 0));
	}

	String key(LlmRequest request) {
		return RequestDigest.of(this.route.targets(), request);
	}

	CompletableFuture<@Nullable CachedAnswer> find(String key) {
		return this.store.get(key);
	}

	/** The cached answer, if it is not too old. */
	@Nullable LlmResponse fresh(@Nullable CachedAnswer found) {
		Duration age = (found == null) ? null : found.age(this.clock.millis());
		if (found == null || age == null || age.compareTo(this.settings.ttl()) > 0) {
			this.misses.increment();
			return null;
		}
		this.hits.increment();
		return found.answer().mutate().age(age).build();
	}

	/** The cached answer, if it may replace a failure. */
	@Nullable LlmResponse stale(@Nullable CachedAnswer found) {
		Duration age = (found == null) ? null : found.age(this.clock.millis());
		if (found == null || age == null || this.settings.staleIfError().isZero()
				|| age.compareTo(this.settings.kept()) > 0) {
			return null;
		}
		this.stale.increment();
		return found.answer().mutate().age(age).stale(age.compareTo(this.settings.ttl()) > 0).build();
	}

	/**
	 * Keeps a whole answer, if it qualifies.
	 * @param attempts the attempts of the call that got it
	 */
	void keep(String key, LlmRequest request, LlmResponse answer, List<Attempt> attempts) {
		boolean whole = switch (answer.stopReason().type()) {
			case END_TURN, STOP_SEQUENCE, TOOL_USE -> true;
			default -> false;
		};
		if (whole && !answer.stale() && (this.settings.cacheFallback() || isOfFirstTarget(attempts))) {
			LlmResponse kept = answer.withTrail(Trail.EMPTY).withCost(null).withRaw(null);
			this.store.put(key, new CachedAnswer(kept, request.metadata().tenant(), this.clock.millis(),
					this.settings.kept().toMillis()));
		}
	}

	private static boolean isOfFirstTarget(List<Attempt> attempts) {
		for (int i = attempts.size() - 1; i >= 0; i--) {
			Attempt attempt = attempts.get(i);
			if (attempt.outcome() == Attempt.Outcome.COMPLETED) {
				return switch (attempt.cause()) {
					case NEXT_TARGET, HEDGE -> false;
					case RECOVERY -> attempts.get(0).target().equals(attempt.target());
					default -> true;
				};
			}
		}
		return true;
	}

	/** The attempt that a cached answer has in the trail. */
	Attempt.Builder attempt(LlmResponse answer) {
		Duration age = (answer.age() == null) ? Duration.ZERO : answer.age();
		String reason = answer.stale() ? "all targets failed: an older answer, kept for " : "kept for ";
		return Attempt.of(answer.target(), Attempt.Outcome.CACHED)
			.error(null, reason + age.toSeconds() + " s")
			.cost(new Cost(BigDecimal.ZERO, this.currency));
	}

	/** An answer for a call that shares it; its age stays the same. */
	LlmResponse shared(LlmResponse answer) {
		this.hits.increment();
		Duration age = (answer.age() == null) ? Duration.ZERO : answer.age();
		return answer.mutate().age(age).build().withRaw(null);
	}

	/** Hits, misses and entries so far. */
	public CacheStatus status() {
		OptionalLong entries = this.store.entries();
		return new CacheStatus(this.hits.sum(), this.misses.sum(), this.stale.sum(), this.flights.size(),
				entries.isPresent() ? entries.getAsLong() : null);
	}

}
