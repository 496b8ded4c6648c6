package io.arcllm.provider.key;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

import io.arcllm.ErrorKind;
import io.arcllm.LlmException;
import io.arcllm.provider.key.KeyPool.State;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

class KeyPoolTests {

	private final AtomicLong clock = new AtomicLong(TimeUnit.DAYS.toNanos(-1));

	private final KeyPool pool = new KeyPool(List.of("a", " b\n", "c"), this.clock::get);

	@Test
	void oneKeyIsUsedUntilItIsRefused() {
		assertThat(List.of(this.pool.next(), this.pool.next())).containsOnly("a");
		fail("a", ErrorKind.RATE_LIMITED, null);
		assertThat(List.of(this.pool.next(), this.pool.next())).containsOnly("b");
	}

	@Test
	void keysThatStayAreAsTheyWereInThePoolBefore() {
		fail("a", ErrorKind.RATE_LIMITED, Duration.ofSeconds(30));
		fail("b", ErrorKind.AUTHENTICATION, null);
		KeyPool after = new KeyPool(List.of("d", "b", "a"), this.clock::get);
		after.learn(this.pool);
		assertThat(after.states()).containsExactly(State.READY, State.OUT, State.PAUSED);
	}

	@Test
	void pausedKeyIsLeftAloneForAsLongAsTheVendorAsks() {
		fail("a", ErrorKind.RATE_LIMITED, Duration.ofSeconds(30));
		fail("b", ErrorKind.AUTHENTICATION, null);
		fail("c", ErrorKind.AUTHENTICATION, null);
		pass(29);
		assertThat(this.pool.states()).containsExactly(State.PAUSED, State.OUT, State.OUT);
		assertThat(this.pool.hasAnother(failure(ErrorKind.RATE_LIMITED, null))).isFalse();
		pass(1);
		assertThat(this.pool.states()).containsExactly(State.READY, State.OUT, State.OUT);
		assertThat(this.pool.hasAnother(failure(ErrorKind.RATE_LIMITED, null))).isTrue();
	}

	/** A vendor that says seven days takes no key out for seven days. */
	@Test
	void pauseIsCappedAndEndsWithOneCall() {
		fail("a", ErrorKind.RATE_LIMITED, Duration.ofDays(7));
		pass(299);
		assertThat(this.pool.next()).isEqualTo("b");
		pass(1);
		assertThat(List.of(this.pool.next(), this.pool.next())).containsExactly("a", "b");
		assertThat(this.pool.states()).containsExactly(State.PAUSED, State.READY, State.READY);
		pass(300);
		assertThat(this.pool.next()).isEqualTo("a");
		this.pool.answered("a");
		assertThat(this.pool.states()).containsOnly(State.READY);
		assertThat(this.pool.next()).isEqualTo("b");
	}

	@Test
	void keyThatIsOutIsTriedNowAndThenByOneCall() {
		fail("a", ErrorKind.QUOTA_EXHAUSTED, null);
		for (int times = 0; times < 3; times++) {
			pass(299);
			assertThat(this.pool.next()).isEqualTo("b");
			pass(1);
			assertThat(List.of(this.pool.next(), this.pool.next())).containsExactly("a", "b");
			fail("a", ErrorKind.QUOTA_EXHAUSTED, null);
		}
	}

	@Test
	void pauseIsTenSecondsWhereTheVendorDoesNotSay() {
		fail("a", ErrorKind.RATE_LIMITED, null);
		pass(9);
		assertThat(this.pool.states()).startsWith(State.PAUSED);
		pass(1);
		assertThat(this.pool.states()).startsWith(State.READY);
	}

	@Test
	void keyThatNeedNotWaitIsNotAskedAgainAtOnce() {
		fail("a", ErrorKind.RATE_LIMITED, Duration.ZERO);
		assertThat(this.pool.states()).startsWith(State.PAUSED);
		pass(1);
		assertThat(this.pool.states()).startsWith(State.READY);
	}

	@ParameterizedTest
	@EnumSource(names = { "AUTHENTICATION", "QUOTA_EXHAUSTED" })
	void keyWithoutRightOrQuotaIsOut(ErrorKind kind) {
		fail("a", kind, null);
		this.clock.addAndGet(TimeUnit.MINUTES.toNanos(4));
		assertThat(this.pool.states()).startsWith(State.OUT);
		assertThat(this.pool.next()).isEqualTo("b");
	}

	@ParameterizedTest
	@EnumSource(mode = EnumSource.Mode.EXCLUDE, names = { "RATE_LIMITED", "AUTHENTICATION", "QUOTA_EXHAUSTED" })
	void otherFailuresAreNotTheKeys(ErrorKind kind) {
		fail("a", kind, null);
		assertThat(this.pool.next()).isEqualTo("a");
	}

	@Test
	void pausedKeyIsUsedRatherThanOneThatIsOut() {
		fail("a", ErrorKind.AUTHENTICATION, null);
		fail("b", ErrorKind.RATE_LIMITED, Duration.ofSeconds(20));
		fail("c", ErrorKind.RATE_LIMITED, Duration.ofSeconds(40));
		assertThat(this.pool.next()).isEqualTo("b");
	}

	@Test
	void keysThatAreAllOutAreTriedInTurn() {
		fail("a", ErrorKind.AUTHENTICATION, null);
		fail("b", ErrorKind.QUOTA_EXHAUSTED, null);
		fail("c", ErrorKind.QUOTA_EXHAUSTED, null);
		for (String key : List.of("a", "b", "c", "a")) {
			assertThat(this.pool.next()).isEqualTo(key);
			fail(key, ErrorKind.QUOTA_EXHAUSTED, null);
			assertThat(this.pool.hasAnother(failure(ErrorKind.QUOTA_EXHAUSTED, null))).isFalse();
		}
	}

	@Test
	void lateFailureOfAnEarlierKeyDoesNotMoveTheCurrentOne() {
		fail("a", ErrorKind.RATE_LIMITED, null);
		assertThat(this.pool.next()).isEqualTo("b");
		fail("a", ErrorKind.RATE_LIMITED, null);
		assertThat(this.pool.next()).isEqualTo("b");
	}

	@Test
	@Timeout(30)
	void manyThreadsGetAKeyThatIsReady() throws Exception {
		ExecutorService threads = Executors.newFixedThreadPool(8);
		try {
			CountDownLatch start = new CountDownLatch(1);
			List<Future<?>> all = IntStream.range(0, 8).<Future<?>>mapToObj((i) -> threads.submit(() -> {
				start.await();
				for (int n = 0; n < 2000; n++) {
					String key = this.pool.next();
					if (!"c".equals(key)) {
						fail(key, ErrorKind.AUTHENTICATION, null);
					}
				}
				return null;
			})).toList();
			start.countDown();
			for (Future<?> one : all) {
				one.get(20, TimeUnit.SECONDS);
			}
			assertThat(this.pool.states()).containsExactly(State.OUT, State.OUT, State.READY);
			assertThat(this.pool.next()).isEqualTo("c");
		}
		finally {
			threads.shutdownNow();
		}
	}

	@Test
	void saysNothingOfTheKeys() {
		assertThat(new KeyPool(List.of("canary-1", "canary-2"), this.clock::get)).hasToString("KeyPool[READY, READY]");
	}

	private void pass(int seconds) {
		this.clock.addAndGet(TimeUnit.SECONDS.toNanos(seconds));
	}

	private void fail(String key, ErrorKind kind, Duration retryAfter) {
		this.pool.failed(key, failure(kind, retryAfter));
	}

	private static LlmException failure(ErrorKind kind, Duration retryAfter) {
		return LlmException.of(kind, "no").retryAfter(retryAfter).build();
	}

}
