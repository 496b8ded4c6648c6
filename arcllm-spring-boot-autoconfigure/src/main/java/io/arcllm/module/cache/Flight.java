package io.arcllm.module.cache;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

import io.arcllm.EventQueue;
import io.arcllm.LlmEvent;
import io.arcllm.LlmResponse;
import io.arcllm.Target;
import io.arcllm.module.Call;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Schedulers;
import reactor.util.context.Context;

/**
 * One request that equal calls share. The first call asks, in its own context, and all
 * get the events as they come. If the first call is cancelled, the request continues for
 * the others; it ends when all calls have left.
 * <p>
 * Invariants: {@code events} only grows, and every member reads it at its own pace and by
 * its own demand. {@code over} is set once, under the lock, with the last signal or when
 * the last member leaves; after that no call joins.
 */
final class Flight {

	private final Consumer<Flight> ended;

	private final List<LlmEvent> events = new ArrayList<>();

	private final List<Member> members = new ArrayList<>();

	private final Disposable.Swap upstream = Disposables.swap();

	/** The call of the first to join, which asks. */
	private @Nullable Call asking;

	private @Nullable Throwable failure;

	private boolean over;

	/**
	 * @param ended is called when no call may join any more
	 */
	Flight(Consumer<Flight> ended) {
		this.ended = ended;
	}

	/**
	 * Joins; the first to join asks.
	 * @param shared makes the last event for callers other than the first
	 * @param question makes the request
	 * @return false if it is over
	 */
	boolean join(CoreSubscriber<? super LlmEvent> actual, Call call, Target target,
			Function<LlmResponse, List<LlmEvent>> shared, Supplier<Flux<LlmEvent>> question) {
		Member member;
		boolean first;
		synchronized (this) {
			if (this.over) {
				return false;
			}
			first = this.members.isEmpty();
			this.asking = first ? call : this.asking;
			member = new Member(actual, first ? null : shared, call);
			this.members.add(member);
		}
		actual.onSubscribe(member);
		if (first) {
			question.get().subscribe(new Asking(actual.currentContext()));
		}
		else {
			member.expireWith(target);
			member.drain();
		}
		return true;
	}

	private synchronized int size() {
		return this.events.size();
	}

	private synchronized LlmEvent event(int index) {
		return this.events.get(index);
	}

	/** The failure, or {@code null}. */
	private synchronized @Nullable Throwable failure() {
		return this.failure;
	}

	/** Whose words are shared, if any target has spoken. */
	private synchronized @Nullable Target speaker() {
		return (this.asking == null) ? null : this.asking.speaker();
	}

	private synchronized boolean isOver() {
		return this.over;
	}

	private void heard(@Nullable LlmEvent event, boolean last, @Nullable Throwable failure) {
		List<Member> all;
		synchronized (this) {
			if (this.over) {
				return;
			}
			if (event != null) {
				this.events.add(event);
			}
			this.over = last;
			this.failure = failure;
			all = List.copyOf(this.members);
		}
		if (last) {
			this.ended.accept(this);
		}
		if (all.size() == 1) {
			all.get(0).drain();
		}
		else {
			// each on a thread of its own, so that a slow one does not delay the others
			all.forEach(Member::drainSoon);
		}
	}

	private void leave(Member member) {
		boolean last;
		synchronized (this) {
			this.members.remove(member);
			last = this.members.isEmpty() && !this.over;
			this.over |= last;
		}
		if (last) {
			this.ended.accept(this);
			this.upstream.dispose();
		}
	}

	/**
	 * The request, in the context of the first member.
	 */
	private final class Asking implements CoreSubscriber<LlmEvent> {

		private final Context context;

		Asking(Context context) {
			this.context = context;
		}

		@Override
		public Context currentContext() {
			return this.context;
		}

		@Override
		public void onSubscribe(Subscription subscription) {
			Flight.this.upstream.update(subscription::cancel);
			subscription.request(Long.MAX_VALUE);
		}

		@Override
		public void onNext(LlmEvent event) {
			heard(event, false, null);
		}

		@Override
		public void onError(Throwable failure) {
			heard(null, true, failure);
		}

		@Override
		public void onComplete() {
			heard(null, true, null);
		}

	}

	/**
	 * One of the calls that share the request. It reads the events by its own demand, one
	 * thread at a time; only its step adds to its queue.
	 */
	private final class Member implements Subscription {

		private final @Nullable Function<LlmResponse, List<LlmEvent>> shared;

		private final Call call;

		private final Disposable.Swap timer = Disposables.swap();

		private final EventQueue queue;

		/** How many of the shared events were taken; used by the step only. */
		private int read;

		private boolean spoke;

		private volatile boolean gone;

		private volatile @Nullable Throwable expired;

		Member(CoreSubscriber<? super LlmEvent> actual, @Nullable Function<LlmResponse, List<LlmEvent>> shared,
				Call call) {
			this.call = call;
			this.queue = new EventQueue(actual, this::step);
			this.shared = shared;
		}

		/** Its own deadline applies to it, too. */
		void expireWith(Target target) {
			long left = this.call.remainingNanos();
			if (left < Long.MAX_VALUE) {
				this.timer.update(Schedulers.parallel().schedule(() -> {
					this.expired = this.call.overdue(target);
					drain();
				}, Math.max(0, left), TimeUnit.NANOSECONDS));
			}
		}

		@Override
		public void request(long n) {
			this.queue.request(n);
		}

		@Override
		public void cancel() {
			if (!this.gone) {
				this.gone = true;
				this.queue.cancel();
				this.timer.dispose();
				leave(this);
			}
		}

		void drainSoon() {
			Schedulers.boundedElastic().schedule(this::drain);
		}

		/**
		 * Runs in the context of this member's caller, whichever thread has the next
		 * event.
		 */
		void drain() {
			if (this.expired != null || isOver()) {
				this.call.caller().run(this.queue::drain);
			}
			else {
				this.queue.drain();
			}
		}

		/**
		 * Takes one event after the other, so that no more events wait than were
		 * requested.
		 */
		private void step() {
			Throwable expired = this.expired;
			if (expired != null) {
				end(expired);
				return;
			}
			boolean over = isOver();
			while (this.queue.emit()) {
				if (this.read == size()) {
					if (over) {
						end(failure());
					}
					return;
				}
				take(event(this.read));
				this.read++;
			}
		}

		/**
		 * Members other than the first get their own last event, and its words before it
		 * if they got no delta.
		 */
		private void take(LlmEvent event) {
			LlmResponse answer = event.answer();
			Target speaker = (this.shared == null || this.spoke) ? null : speaker();
			if (speaker != null) {
				this.call.speaks(speaker);
			}
			if (answer == null || this.shared == null) {
				this.spoke |= event.isContent();
				this.queue.add(event);
				return;
			}
			List<LlmEvent> events = this.shared.apply(answer);
			(this.spoke ? events.subList(events.size() - 1, events.size()) : events).forEach(this.queue::add);
		}

		private void end(@Nullable Throwable failure) {
			if (this.gone) {
				return;
			}
			this.gone = true;
			this.timer.dispose();
			leave(this);
			this.queue.end(failure);
		}

	}

}
