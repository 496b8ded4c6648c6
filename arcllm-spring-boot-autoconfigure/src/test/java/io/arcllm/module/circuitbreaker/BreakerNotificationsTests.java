package io.arcllm.module.circuitbreaker;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;

import io.arcllm.CallerContext;
import io.arcllm.Target;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What breakers decide is told in the context of the call that it was decided by.
 */
@Timeout(60)
class BreakerNotificationsTests {

	private final ThreadLocal<@Nullable String> caller = new ThreadLocal<>();

	private final List<String> told = new CopyOnWriteArrayList<>();

	private final CountDownLatch telling = new CountDownLatch(1);

	private final CountDownLatch left = new CountDownLatch(1);

	private CallerContext here() {
		String captured = this.caller.get();
		return (inner) -> {
			String before = this.caller.get();
			this.caller.set(captured);
			return () -> this.caller.set(before);
		};
	}

	private final class Listening implements BreakerListener {

		@Override
		public void changed(Target target, BreakerState from, BreakerState to, @Nullable Duration openFor) {
			BreakerNotificationsTests.this.told.add(to + " to " + BreakerNotificationsTests.this.caller.get());
			BreakerNotificationsTests.this.telling.countDown();
			try {
				BreakerNotificationsTests.this.left.await();
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}

		@Override
		public void paused(Target target, Duration duration, String reason) {
			BreakerNotificationsTests.this.told.add(reason + " to " + BreakerNotificationsTests.this.caller.get());
		}

	}

	@Test
	void newsThatAnotherCallsThreadTellsAreToldInTheirOwnContext() throws Exception {
		BreakerNotifications news = new BreakerNotifications(new Target("test", "m"), new Listening(),
				(context) -> here());
		CompletableFuture<Void> first = CompletableFuture.runAsync(() -> {
			this.caller.set("first");
			news.changed(BreakerState.CLOSED, BreakerState.OPEN, null);
			news.tell();
		});
		this.telling.await();
		this.caller.set("second");
		news.paused(Duration.ofSeconds(1), "pause");
		news.tell();
		assertThat(this.told).hasSize(1);
		this.left.countDown();
		first.join();
		assertThat(this.told).containsExactly("OPEN to first", "pause to second");
		assertThat(this.caller.get()).isEqualTo("second");
	}

}
