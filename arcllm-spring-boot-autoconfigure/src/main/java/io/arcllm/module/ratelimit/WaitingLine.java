package io.arcllm.module.ratelimit;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import io.arcllm.Priority;
import io.arcllm.module.WaitingQueue;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.scheduler.Schedulers;

/**
 * The queue of a rate limit, by priority and then by arrival. Only its head asks the
 * store; the others wait behind it without a thread. Its lock is held for a few
 * instructions, never across a call.
 * <p>
 * Invariants: a ticket is notified once, by the thread that removes it from the queue; at
 * most one request to the store is under way, for the head ({@code asking}), and while
 * the head waits for tokens, only the timer or a refund asks again ({@code sleeping},
 * {@code stale}); {@code queuedTokens} is the sum of the tickets in the queue. If a
 * ticket left while the store was asked, what was taken for it is returned.
 */
final class WaitingLine {

	private volatile LimitStore store;

	private final WaitingQueue<Ticket> queue = new WaitingQueue<>();

	private final Disposable.Swap timer = Disposables.swap();

	/** By priority. */
	private final long[] queuedTokens = new long[Priority.values().length];

	private boolean asking;

	private boolean sleeping;

	/** Whether tokens were refunded while the store was asked. */
	private boolean stale;

	private long admitted;

	private long refused;

	WaitingLine(LimitStore store) {
		this.store = store;
	}

	/**
	 * Lets a call pass if no other waits and the store can answer at once.
	 */
	synchronized boolean pass(long tokens) {
		boolean passed = this.queue.isEmpty() && this.store.takeNow(tokens);
		this.admitted += passed ? 1 : 0;
		return passed;
	}

	/**
	 * Joins the queue; the ticket is notified now or later.
	 */
	void enter(Ticket ticket) {
		long wait;
		boolean queued;
		boolean first;
		synchronized (this) {
			wait = this.queue.isEmpty() ? 0 : wait(ticket.priority(), ticket.tokens());
			queued = wait <= ticket.patience();
			if (queued) {
				this.queue.add(ticket, ticket.priority());
				this.queuedTokens[ticket.priority().ordinal()] += ticket.tokens();
			}
			else {
				this.refused++;
			}
			first = this.queue.head() == ticket;
		}
		if (!queued) {
			ticket.rejected(Duration.ofNanos(wait));
		}
		else if (first) {
			wake();
		}
		else {
			serve();
		}
	}

	/** Nanoseconds that a new ticket of this priority would wait. */
	private long wait(Priority priority, long tokens) {
		long all = tokens;
		for (int i = priority.ordinal(); i < this.queuedTokens.length; i++) {
			all += this.queuedTokens[i];
		}
		return this.store.waitFor(this.queue.sizeFrom(priority) + 1L, all);
	}

	/**
	 * Leaves the queue.
	 * @return whether the ticket was in it
	 */
	boolean withdraw(Ticket ticket) {
		boolean gone = leave(ticket, false);
		if (gone) {
			serveSoon();
		}
		return gone;
	}

	/**
	 * The ticket has waited for the longest time that it may.
	 */
	void expire(Ticket ticket) {
		wake();
		if (leave(ticket, true)) {
			ticket.rejected(Duration.ofNanos(this.store.waitFor(1, ticket.tokens())));
			serveSoon();
		}
	}

	private synchronized boolean leave(Ticket ticket, boolean refused) {
		boolean gone = this.queue.remove(ticket);
		this.queuedTokens[ticket.priority().ordinal()] -= gone ? ticket.tokens() : 0;
		this.refused += (gone && refused) ? 1 : 0;
		return gone;
	}

	private void serve() {
		Ticket head = next();
		while (head != null) {
			Ticket asked = head;
			CompletableFuture<Long> taken = this.store.take(asked.tokens());
			if (!taken.isDone()) {
				taken.whenComplete((wait, ex) -> {
					tell(asked, (ex == null) ? wait : null);
					serve();
				});
				return;
			}
			tell(asked, taken.isCompletedExceptionally() ? null : taken.join());
			head = next();
		}
	}

	private synchronized @Nullable Ticket next() {
		Ticket head = this.queue.head();
		if (this.asking || this.sleeping || head == null) {
			return null;
		}
		this.asking = true;
		this.stale = false;
		return head;
	}

	/**
	 * @param wait how long the ticket would have to wait, {@code null} if unknown
	 */
	private void tell(Ticket ticket, @Nullable Long wait) {
		if (wait != null && wait > 0 && wait <= ticket.patience()) {
			sleep(wait);
			return;
		}
		synchronized (this) {
			this.asking = false;
		}
		boolean taken = wait != null && wait == 0;
		if (!leave(ticket, !taken)) {
			if (taken) {
				this.store.adjust(1, ticket.tokens());
				serveSoon();
			}
		}
		else if (taken) {
			synchronized (this) {
				this.admitted++;
			}
			ticket.admitted();
		}
		else {
			ticket.rejected((wait == null) ? null : Duration.ofNanos(wait));
		}
	}

	/**
	 * Sets the timer under the lock, so that a timer that is due at once is not taken for
	 * the next one.
	 */
	private synchronized void sleep(long wait) {
		this.asking = false;
		this.sleeping = !this.stale;
		if (this.sleeping) {
			this.timer.update(Schedulers.parallel().schedule(this::wake, wait, TimeUnit.NANOSECONDS));
		}
	}

	private void wake() {
		synchronized (this) {
			this.sleeping = false;
			this.stale = true;
		}
		serve();
	}

	/**
	 * Tokens were refunded: the head may not have to wait any longer.
	 */
	void serveSoon() {
		boolean waiting;
		synchronized (this) {
			waiting = !this.queue.isEmpty();
		}
		if (waiting) {
			Schedulers.parallel().schedule(this::wake);
		}
	}

	/**
	 * Nanoseconds after which a ticket with this patience has {@link #expire expired}.
	 */
	long expiry(long patience) {
		return patience + this.store.latency();
	}

	/** Nanoseconds that a call of one token would wait now. */
	synchronized long waitNow(Priority priority) {
		return wait(priority, 1);
	}

	/** Changes the store of levels. */
	void use(LimitStore newer) {
		this.store = newer;
		serveSoon();
	}

	LimitStore store() {
		return this.store;
	}

	synchronized RateLimitStatus status() {
		return new RateLimitStatus(this.store.requests(), this.store.tokens(), this.queue.size(), this.admitted,
				this.refused, Duration.ofNanos(waitNow(Priority.NORMAL)));
	}

	/**
	 * A call in the queue of a rate limit. One of its methods {@code admitted} and {@code
	 * refused} is called, exactly once.
	 */
	interface Ticket {

		/** The tokens to reserve. */
		long tokens();

		/** Nanoseconds that it may still wait. */
		long patience();

		/** The priority of its call. */
		default Priority priority() {
			return Priority.NORMAL;
		}

		/** Its turn; the tokens are reserved. */
		void admitted();

		/**
		 * It would wait for too long.
		 * @param retryAfter when it might be let through, {@code null} if unknown
		 */
		void rejected(@Nullable Duration retryAfter);

	}

}
