package io.arcllm.module.circuitbreaker;

import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

import io.arcllm.CallerContext;
import io.arcllm.Target;
import io.arcllm.module.Hook;
import org.jspecify.annotations.Nullable;
import reactor.util.context.Context;

/**
 * Decisions of a breaker that its listener was not notified of yet: collected under the
 * breaker's lock, and passed on outside it, in order.
 */
final class BreakerNotifications {

	private final Target target;

	private final BreakerListener listener;

	private final CallerContext.Capture capture;

	private final Hook hook;

	private final Queue<Runnable> notifications = new ConcurrentLinkedQueue<>();

	private final AtomicInteger telling = new AtomicInteger();

	/**
	 * @param capture captures the context of the call that caused a decision, because
	 * another call's thread may pass it on
	 */
	BreakerNotifications(Target target, BreakerListener listener, CallerContext.Capture capture) {
		this.capture = capture;
		this.target = target;
		this.listener = listener;
		this.hook = new Hook("A listener of the circuit breaker of " + target);
	}

	void changed(BreakerState from, BreakerState to, @Nullable Duration openFor) {
		add(() -> this.listener.changed(this.target, from, to, openFor));
	}

	void paused(Duration duration, String reason) {
		add(() -> this.listener.paused(this.target, duration, reason));
	}

	private void add(Runnable one) {
		CallerContext caller = this.hook.get(() -> this.capture.capture(Context.empty()), () -> CallerContext.NONE);
		this.notifications.add(() -> caller.run(one));
	}

	/**
	 * Passes on all decisions, or leaves that to the thread that is doing so already.
	 */
	void tell() {
		if (this.notifications.isEmpty() || this.telling.getAndIncrement() != 0) {
			return;
		}
		int missed = 1;
		while (missed != 0) {
			for (Runnable one = this.notifications.poll(); one != null; one = this.notifications.poll()) {
				this.hook.run(one);
			}
			missed = this.telling.addAndGet(-missed);
		}
	}

}
