package io.arcllm.provider.key;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;

import io.arcllm.LlmException;
import org.jspecify.annotations.Nullable;

/**
 * Several keys for one vendor. A key is used until it is refused. After a rate limit it
 * is paused for the time that the vendor names, at most {@code keys.retry-after}. Without
 * quota or permission it is out; one call tries it again when its time is over, and an
 * answer makes it usable again. If no key is ready, the one that will be ready first is
 * used; if all are out, they are tried in turn. Safe for use by many threads.
 * <p>
 * Invariants, all under one lock: a key is ready, paused or out, by the last failure or
 * answer of a call with it; a pause, and the time that it is out, end only by the clock
 * or with an answer. The next key is the current one while it is ready.
 */
public final class KeyPool implements ApiKeys {

	/** The pause of a key if the vendor names no time. */
	private static final Duration PAUSE = Duration.ofSeconds(10);

	/** The shortest pause, because some vendors name no wait and then refuse again. */
	private static final Duration SHORTEST_PAUSE = Duration.ofSeconds(1);

	/** The default of {@code keys.retry-after}. */
	private static final Duration RETRY_AFTER = Duration.ofMinutes(5);

	private List<Entry> keys;

	private final LongSupplier nanos;

	private final long outFor;

	private int current;

	/**
	 * The state of a key.
	 */
	public enum State {

		/** It may be used. */
		READY,

		/** It is not used for a while. */
		PAUSED,

		/** It has no quota or no permission. */
		OUT

	}

	/**
	 * @param keys at least one
	 * @param nanos a clock, in nanoseconds
	 */
	public KeyPool(List<String> keys, LongSupplier nanos) {
		this(keys, nanos, RETRY_AFTER);
	}

	/**
	 * @param keys at least one
	 * @param nanos a clock, in nanoseconds
	 * @param outFor when a key that is out is tried again, and the longest pause
	 */
	public KeyPool(List<String> keys, LongSupplier nanos, Duration outFor) {
		this.outFor = outFor.toNanos();
		this.keys = keys.stream().map((key) -> new Entry(key.strip())).toList();
		this.nanos = nanos;
	}

	/**
	 * Takes over the state of equal keys from the other pool.
	 */
	public void learn(KeyPool before) {
		List<Entry> known;
		synchronized (before) {
			known = before.keys.stream().map(Entry::new).toList();
		}
		synchronized (this) {
			this.keys = this.keys.stream()
				.map((own) -> known.stream().filter((one) -> one.key.equals(own.key)).findFirst().orElse(own))
				.toList();
		}
	}

	@Override
	public synchronized @Nullable String next() {
		long now = this.nanos.getAsLong();
		Entry entry = due(now);
		if (entry == null) {
			this.current = readyIndex();
			entry = this.keys.get(this.current);
		}
		// tried by this request alone until it is answered or the time is over again
		if (entry.out) {
			entry.outUntil = now + this.outFor;
		}
		else if (entry.paused && entry.cut) {
			entry.pausedUntil = now + this.outFor;
		}
		return entry.key;
	}

	/** A key whose time out, or whose longest pause, is over. */
	private @Nullable Entry due(long now) {
		for (Entry entry : this.keys) {
			if (entry.out ? entry.outUntil - now <= 0 : entry.paused && entry.cut && entry.pausedUntil - now <= 0) {
				return entry;
			}
		}
		return null;
	}

	private int readyIndex() {
		for (int step = 0; step < this.keys.size(); step++) {
			int index = (this.current + step) % this.keys.size();
			if (state(this.keys.get(index)) == State.READY) {
				return index;
			}
		}
		return soonest();
	}

	private int soonest() {
		return IntStream.range(0, this.keys.size())
			.filter((index) -> !this.keys.get(index).out)
			.boxed()
			.min(Comparator.comparingLong((index) -> left(this.keys.get(index))))
			.orElse(this.current);
	}

	@Override
	public synchronized void failed(@Nullable String key, LlmException failure) {
		for (int i = 0; i < this.keys.size(); i++) {
			Entry entry = this.keys.get(i);
			if (entry.key.equals(key) && punish(entry, failure) && i == this.current) {
				this.current = (i + 1) % this.keys.size();
			}
		}
	}

	/** An answered call makes its key ready. */
	@Override
	public synchronized void answered(@Nullable String key) {
		for (Entry entry : this.keys) {
			if (entry.key.equals(key)) {
				entry.out = false;
				entry.paused = false;
			}
		}
	}

	private boolean punish(Entry entry, LlmException failure) {
		if (!failure.kind().asksAnotherKey()) {
			return false;
		}
		if (failure.kind().isLasting()) {
			entry.out = true;
			entry.outUntil = this.nanos.getAsLong() + this.outFor;
		}
		else {
			pause(entry, Objects.requireNonNullElse(failure.retryAfter(), PAUSE));
		}
		return true;
	}

	private void pause(Entry entry, Duration asked) {
		Duration longest = Duration.ofNanos(this.outFor);
		entry.paused = true;
		entry.cut = asked.compareTo(longest) > 0;
		Duration pause = entry.cut ? longest : asked;
		entry.pausedUntil = this.nanos.getAsLong()
				+ ((pause.compareTo(SHORTEST_PAUSE) < 0) ? SHORTEST_PAUSE : pause).toNanos();
	}

	@Override
	public boolean mayRotate() {
		return true;
	}

	@Override
	public synchronized boolean hasAnother(LlmException failure) {
		return this.keys.stream().anyMatch((entry) -> state(entry) == State.READY);
	}

	/**
	 * The state of each key, in their order.
	 */
	@Override
	public synchronized List<State> states() {
		return this.keys.stream().map(this::state).toList();
	}

	private State state(Entry entry) {
		if (entry.out) {
			return (entry.outUntil - this.nanos.getAsLong() > 0) ? State.OUT : State.READY;
		}
		return (entry.paused && left(entry) > 0) ? State.PAUSED : State.READY;
	}

	private long left(Entry entry) {
		return entry.pausedUntil - this.nanos.getAsLong();
	}

	/** Contains no key. */
	@Override
	public String toString() {
		return "KeyPool" + states();
	}

	private static final class Entry {

		private final String key;

		private boolean paused;

		/** Whether the vendor named a longer pause. */
		private boolean cut;

		private long pausedUntil;

		private boolean out;

		private long outUntil;

		Entry(String key) {
			this.key = key;
		}

		Entry(Entry other) {
			this.key = other.key;
			this.paused = other.paused;
			this.cut = other.cut;
			this.pausedUntil = other.pausedUntil;
			this.out = other.out;
			this.outUntil = other.outUntil;
		}

	}

}
