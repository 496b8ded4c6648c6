package io.arcllm.sample.console;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Stream;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.arcllm.Attempt;
import io.arcllm.Trail;
import io.arcllm.module.CallListener;
import org.jspecify.annotations.Nullable;

import org.springframework.stereotype.Component;

/**
 * The recent results of each provider, from the last attempts of all callers. Safe for
 * use by many threads.
 */
@Component
class Pulse implements CallListener {

	private static final int KEPT = 100;

	private final Map<String, Recent> providers = new ConcurrentHashMap<>();

	/**
	 * One provider. Times are medians in milliseconds.
	 *
	 * @param provider its name
	 * @param calls attempts since the start
	 * @param recent how many of them are looked at
	 * @param failed how many of those failed
	 * @param firstTokenMs until the first token
	 * @param durationMs until the end of a whole answer
	 */
	@JsonInclude(JsonInclude.Include.NON_NULL)
	record Beat(String provider, long calls, int recent, int failed, @Nullable Double firstTokenMs,
			@Nullable Double durationMs) {
	}

	@Override
	public void ended(Attempt attempt, Trail before) {
		if (attempt.wasSent()) {
			this.providers.computeIfAbsent(attempt.target().provider(), (name) -> new Recent()).add(attempt);
		}
	}

	Beat of(String provider) {
		Recent recent = this.providers.get(provider);
		return (recent == null) ? new Beat(provider, 0, 0, 0, null, null) : recent.beat(provider);
	}

	private static final class Recent {

		private final Deque<Attempt> attempts = new ArrayDeque<>(KEPT);

		private long calls;

		synchronized void add(Attempt attempt) {
			this.calls++;
			if (this.attempts.size() == KEPT) {
				this.attempts.removeFirst();
			}
			this.attempts.addLast(attempt);
		}

		synchronized Beat beat(String provider) {
			long failed = this.attempts.stream().filter((one) -> one.outcome() == Attempt.Outcome.FAILED).count();
			return new Beat(provider, this.calls, this.attempts.size(), (int) failed, median(Attempt::firstToken),
					median(Attempt::duration));
		}

		private @Nullable Double median(Function<Attempt, @Nullable Duration> time) {
			Stream<Duration> times = this.attempts.stream()
				.filter((one) -> one.outcome() == Attempt.Outcome.COMPLETED)
				.map(time)
				.filter(Objects::nonNull)
				.map(Objects::requireNonNull);
			double[] sorted = times.mapToDouble((one) -> one.toNanos() / 1e6).sorted().toArray();
			return (sorted.length == 0) ? null : Double.valueOf(Math.round(sorted[sorted.length / 2] * 10) / 10.0);
		}

	}

}
