package io.arcllm.module;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

import io.arcllm.Attempt;
import io.arcllm.CallerContext;
import io.arcllm.ErrorKind;
import io.arcllm.LlmException;
import io.arcllm.RequestMetadata;
import io.arcllm.Target;
import io.arcllm.Trail;
import io.arcllm.module.ModuleClock.TimeOfDay;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.util.context.ContextView;

/**
 * What the modules of a stack share about one call: its deadline, the attempts it has
 * left, and its trail. It is part of the Reactor context. Safe for use by many threads,
 * because a hedge uses it from several. Time is that of {@link Schedulers#parallel()},
 * and so virtual in tests.
 * <p>
 * Invariants, all under the lock of the call: {@code attempts} is the number of attempts
 * that were taken and not given back, never above {@code maxAttempts}; an attempt is in
 * the trail once, when it has ended, so those that were taken and are not there are under
 * way; the list of the trail is never changed, only replaced. Listeners are called
 * outside the lock. An attempt on the wire is {@code underway}, or one of the {@code
 * others}, which alone are under the lock: most calls have one attempt at a time.
 */
public final class Call {

	/** Longer than any call. */
	public static final Duration FOREVER = Duration.ofNanos(Long.MAX_VALUE);

	private static final AtomicReferenceFieldUpdater<Call, Shutdown.@Nullable Underway> UNDERWAY = AtomicReferenceFieldUpdater
		.newUpdater(Call.class, Shutdown.Underway.class, "underway");

	private final Scheduler clock = Schedulers.parallel();

	private final long start;

	/** The time of day, in nanoseconds since 1970. */
	private final long startedAt;

	private final long deadline;

	private final int maxAttempts;

	private final CallListener listener;

	private final RequestMetadata metadata;

	private final @Nullable String asked;

	private final @Nullable Shutdown shutdown;

	private final CallerContext caller;

	private List<Attempt> trail = List.of();

	/** The attempt on the wire, if there is only one. */
	private volatile Shutdown.@Nullable Underway underway;

	/** The other attempts on the wire. */
	private List<Shutdown.Underway> others = List.of();

	private volatile @Nullable CallTargets targets;

	private @Nullable CallCost cost;

	private volatile UnaryOperator<String> redaction = UnaryOperator.identity();

	private Map<String, Integer> redactions = Map.of();

	private int attempts;

	private @Nullable Target sentFirst;

	private volatile @Nullable Target speaker;

	/** In nanoseconds. */
	private volatile long waited;

	/**
	 * @param deadline for the whole call with all attempts and waits
	 * @param maxAttempts over all modules
	 */
	public Call(Duration deadline, int maxAttempts) {
		this(deadline, maxAttempts, CallListener.NONE, RequestMetadata.EMPTY, null, null, CallerContext.NONE,
				new TimeOfDay());
	}

	Call(Duration deadline, CallModule.Limits limits, RequestMetadata metadata, @Nullable String asked,
			CallerContext caller, TimeOfDay timeOfDay) {
		this(deadline, limits.maxAttempts(), limits.listener(), metadata, asked, limits.shutdown(), caller, timeOfDay);
	}

	private Call(Duration deadline, int maxAttempts, CallListener listener, RequestMetadata metadata,
			@Nullable String asked, @Nullable Shutdown shutdown, CallerContext caller, TimeOfDay timeOfDay) {
		this.caller = caller;
		this.asked = asked;
		this.shutdown = shutdown;
		this.start = this.clock.now(TimeUnit.NANOSECONDS);
		this.startedAt = timeOfDay.at(this.clock, this.start);
		this.deadline = ((deadline.compareTo(FOREVER) < 0) ? deadline : FOREVER).toNanos();
		this.maxAttempts = maxAttempts;
		this.listener = listener;
		this.metadata = metadata;
	}

	/**
	 * The call that this subscription is part of; a call without limits if there is none.
	 */
	public static Call of(ContextView context) {
		return Scope.of(context).call();
	}

	/**
	 * Tenant, session and labels, from the call's request, its options and the
	 * application's resolver.
	 */
	public RequestMetadata metadata() {
		return this.metadata;
	}

	/** The context of the thread that made the call. */
	public CallerContext caller() {
		return this.caller;
	}

	/** The name of a model that the call was made with, if it named one. */
	public @Nullable String asked() {
		return this.asked;
	}

	/** Time since the call began. */
	public Duration elapsed() {
		return Duration.ofNanos(elapsedNanos());
	}

	/** The moment this many nanoseconds after the start of the call. */
	public long moment(long elapsed) {
		return this.start + elapsed;
	}

	public long elapsedNanos() {
		return this.clock.now(TimeUnit.NANOSECONDS) - this.start;
	}

	/** Time until the deadline; zero or less when it has passed. */
	public Duration remaining() {
		return Duration.ofNanos(remainingNanos());
	}

	/** Nanoseconds until the deadline; {@link Long#MAX_VALUE} if there is none. */
	public long remainingNanos() {
		return (this.deadline == Long.MAX_VALUE) ? Long.MAX_VALUE : remainingNanos(elapsedNanos());
	}

	public long remainingNanos(long elapsed) {
		return (this.deadline == Long.MAX_VALUE) ? Long.MAX_VALUE : this.deadline - elapsed;
	}

	/** Whether another attempt may be made: one is left, and the call may cost more. */
	public synchronized boolean hasAttemptsLeft() {
		return this.attempts < this.maxAttempts && !isClosed() && mayCostMore();
	}

	private boolean mayCostMore() {
		CallCost cost = this.cost;
		if (cost == null || !cost.isLimited()) {
			return true;
		}
		int running = this.attempts - (int) this.trail.stream().filter(Attempt::wasSent).count();
		return cost.allows(this.trail, Math.max(0, running));
	}

	/** What the call may cost. */
	public synchronized CallCost cost() {
		CallCost cost = (this.cost == null) ? new CallCost() : this.cost;
		this.cost = cost;
		return cost;
	}

	/** Takes one of the attempts for the target; false if none is left. */
	public synchronized boolean tryAttempt(Target target) {
		if (isClosed() || this.attempts >= this.maxAttempts) {
			return false;
		}
		if (this.attempts == 0) {
			this.sentFirst = target;
		}
		this.attempts++;
		return true;
	}

	/**
	 * Whether the first request of the call went to this target and model, or would go
	 * there now. For any other target, the request may be adapted.
	 */
	public synchronized boolean isSentFirst(Target target) {
		return this.sentFirst == null || this.attempts == 0 || this.sentFirst.equals(target);
	}

	/**
	 * Notes which target says a word, for this call or an equal one; it may not be passed
	 * on.
	 */
	public void speaks(Target target) {
		this.speaker = target;
	}

	/** The target that spoke last; {@code null} where none did. */
	public @Nullable Target speaker() {
		return this.speaker;
	}

	/** Gives an attempt back that sent nothing. */
	public synchronized void giveBackAttempt() {
		this.attempts--;
	}

	/** Whether the application shuts down, so that no attempt may begin. */
	public boolean isClosed() {
		return this.shutdown != null && this.shutdown.isClosed();
	}

	/** Completes when the application shuts down. */
	public Mono<Void> closing() {
		return (this.shutdown == null) ? Mono.never() : this.shutdown.closing();
	}

	/**
	 * Registers an attempt that has begun, so that it ends when the application shuts
	 * down.
	 */
	public void begun(Shutdown.Underway attempt) {
		if (!UNDERWAY.compareAndSet(this, null, attempt)) {
			synchronized (this) {
				this.others = Stream.concat(this.others.stream(), Stream.of(attempt)).toList();
			}
		}
	}

	/** The attempt has ended. */
	public void over(Shutdown.Underway attempt) {
		if (!UNDERWAY.compareAndSet(this, attempt, null)) {
			synchronized (this) {
				this.others = this.others.stream().filter((other) -> other != attempt).toList();
			}
		}
	}

	/** Ends the attempts that are on the wire. */
	void interrupt() {
		List<Shutdown.Underway> all;
		synchronized (this) {
			all = Stream.concat(Stream.ofNullable(this.underway), this.others.stream()).toList();
		}
		all.forEach(Shutdown.Underway::interrupt);
	}

	/** The error of a call that has no attempts left. */
	public LlmException exhausted(Target target) {
		if (isClosed()) {
			return Shutdown.rejection();
		}
		return LlmException
			.of(ErrorKind.DEADLINE_EXCEEDED,
					"The call has used up its " + this.maxAttempts + " attempts (arcllm.max-attempts); " + target
							+ " was not asked")
			.target(target)
			.build();
	}

	/** The error of a call whose deadline has passed. */
	public LlmException overdue(Target target) {
		return LlmException.of(ErrorKind.DEADLINE_EXCEEDED, "The call's deadline passed while waiting for " + target)
			.target(target)
			.build();
	}

	/** What the call has learnt of its targets. */
	public CallTargets targets() {
		CallTargets targets = this.targets;
		return (targets != null) ? targets : firstTargets();
	}

	private synchronized CallTargets firstTargets() {
		CallTargets targets = (this.targets == null) ? new CallTargets(this) : this.targets;
		this.targets = targets;
		return targets;
	}

	/** Notes a deliberate wait: it is shown with the attempt after it. */
	public synchronized void waited(Duration wait) {
		this.waited += wait.toNanos();
	}

	public Duration takeWaited() {
		return (this.waited == 0) ? Duration.ZERO : takeAllWaited();
	}

	private synchronized Duration takeAllWaited() {
		Duration wait = Duration.ofNanos(this.waited);
		this.waited = 0;
		return wait;
	}

	/** Notes an attempt that has ended. */
	public void ended(Attempt attempt) {
		Trail before = note(attempt);
		if (this.listener != CallListener.NONE) {
			this.caller.run(() -> this.listener.ended(attempt, before, this.metadata));
		}
	}

	private synchronized Trail note(Attempt attempt) {
		Trail before = (this.listener == CallListener.NONE || this.trail.isEmpty()) ? Trail.EMPTY : trail();
		this.trail = this.trail.isEmpty() ? List.of(attempt)
				: Stream.concat(this.trail.stream(), Stream.of(attempt)).toList();
		return before;
	}

	/**
	 * Notes that the last answer was discarded.
	 * @return the target that gave it, if one did
	 */
	public synchronized @Nullable Target noUse(String reason) {
		for (int i = this.trail.size() - 1; i >= 0; i--) {
			Attempt attempt = this.trail.get(i);
			if (attempt.outcome() == Attempt.Outcome.COMPLETED) {
				List<Attempt> changed = new ArrayList<>(this.trail);
				changed.set(i, attempt.withReason(reason));
				this.trail = List.copyOf(changed);
				return attempt.target();
			}
		}
		return null;
	}

	/**
	 * Notes a target that was passed over.
	 * @param cause why it would have been asked
	 */
	public void skipped(Target target, @Nullable ErrorKind error, String reason, Attempt.Cause cause) {
		long elapsed = elapsedNanos();
		ended(Attempt.of(target, Attempt.Outcome.SKIPPED)
			.startedAfter(Duration.ofNanos(elapsed))
			.startedAt(instant(elapsed))
			.error(error, reason)
			.cause(cause)
			.build());
	}

	/** The time of day this many nanoseconds after the start of the call. */
	public Instant instant(long elapsed) {
		return Instant.ofEpochSecond(0, this.startedAt + elapsed);
	}

	/**
	 * Sets the function that is applied to recorded content of the call. Called by the
	 * module that redacts answers.
	 */
	public void redactedBy(UnaryOperator<String> redaction) {
		UnaryOperator<String> before = this.redaction;
		this.redaction = (text) -> redaction.apply(before.apply(text));
	}

	/** Counts a value that redaction removes, by type. */
	public synchronized void redacted(String type) {
		if (this.redactions.isEmpty()) {
			this.redactions = new HashMap<>();
		}
		this.redactions.merge(type, 1, Integer::sum);
	}

	/** Removes from a recorded text what the caller is not shown. */
	public UnaryOperator<String> redaction() {
		return this.redaction;
	}

	/** What happened so far. */
	public synchronized Trail trail() {
		return (this.trail.isEmpty() && this.asked == null && this.redactions.isEmpty()) ? Trail.EMPTY
				: new Trail(this.trail, this.asked, this.redactions);
	}

}
