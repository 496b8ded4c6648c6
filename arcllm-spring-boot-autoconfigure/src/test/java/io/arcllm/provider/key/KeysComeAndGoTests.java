package io.arcllm.provider.key;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

import io.arcllm.ErrorKind;
import io.arcllm.LlmException;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

class KeysComeAndGoTests {

	private static final LlmException WRONG = LlmException.of(ErrorKind.AUTHENTICATION, "401").status(401).build();

	private final AtomicLong now = new AtomicLong();

	private KeyPool pool(String... keys) {
		return new KeyPool(List.of(keys), this.now::get, Duration.ofMinutes(5));
	}

	private void minutes(long minutes) {
		this.now.addAndGet(Duration.ofMinutes(minutes).toNanos());
	}

	@Test
	void keyThatIsOutIsTriedAgainAfterAWhile() {
		KeyPool pool = pool("a", "b");
		pool.failed(pool.next(), WRONG);
		assertThat(pool.states()).containsExactly(KeyPool.State.OUT, KeyPool.State.READY);
		minutes(4);
		assertThat(pool.states()).containsExactly(KeyPool.State.OUT, KeyPool.State.READY);
		minutes(1);
		assertThat(pool.next()).isEqualTo("a");
		pool.failed("a", WRONG);
		assertThat(pool.next()).isEqualTo("b");
	}

	@Test
	void keyThatIsTriedAgainIsTriedByOneRequest() {
		KeyPool pool = pool("a", "b");
		pool.failed("a", WRONG);
		pool.failed("b", WRONG);
		minutes(5);
		assertThat(List.of(pool.next(), pool.next())).containsExactlyInAnyOrder("a", "b");
		assertThat(pool.states()).containsExactly(KeyPool.State.OUT, KeyPool.State.OUT);
	}

	@Test
	void answeredCallReadmitsItsKey() {
		KeyPool pool = pool("a", "b");
		pool.failed("a", WRONG);
		pool.failed("b", WRONG);
		String tried = pool.next();
		pool.answered(tried);
		assertThat(pool.states()).contains(KeyPool.State.READY);
		assertThat(pool.next()).isEqualTo(tried);
	}

	@Test
	void callsThatWaitShareOneRequestForTheKey() throws InterruptedException {
		AtomicInteger asked = new AtomicInteger();
		CountDownLatch open = new CountDownLatch(1);
		SuppliedKeys keys = new SuppliedKeys("v", (provider) -> {
			asked.incrementAndGet();
			await(open);
			return "secret";
		}, ApiKeys.of(null), this.now::get, Duration.ofSeconds(10));
		Mono<Void> all = Mono.when(keys.ready(), keys.ready(), keys.ready()).cache();
		all.subscribe();
		open.countDown();
		all.block(Duration.ofSeconds(20));
		assertThat(asked).hasValue(1);
		assertThat(keys.next()).isEqualTo("secret");
		assertThat(keys.mayBlock()).isFalse();
	}

	@Test
	void supplierThatHangsIsGivenUpAndNotAskedTwiceAtOnce() {
		AtomicInteger asked = new AtomicInteger();
		CountDownLatch open = new CountDownLatch(1);
		SuppliedKeys keys = new SuppliedKeys("v", (provider) -> {
			asked.incrementAndGet();
			await(open);
			return "secret";
		}, ApiKeys.of(null), this.now::get, Duration.ofMillis(20));
		for (int i = 0; i < 3; i++) {
			LlmException failure = catchThrowableOfType(LlmException.class, () -> keys.ready().block());
			assertThat(failure.kind()).isEqualTo(ErrorKind.NETWORK);
			assertThat(failure).hasMessageContaining("not within 20 ms");
		}
		assertThat(asked).hasValue(1);
		open.countDown();
		keys.ready().onErrorComplete().block();
	}

	@Test
	void supplierThatThrowsIsAnErrorWithoutItsWords() {
		SuppliedKeys keys = new SuppliedKeys("v", (provider) -> {
			throw new IllegalStateException("sk-very-secret");
		}, ApiKeys.of(null), this.now::get, Duration.ofSeconds(5));
		LlmException failure = catchThrowableOfType(LlmException.class, () -> keys.ready().block());
		assertThat(failure).hasMessageContaining("IllegalStateException").hasMessageNotContaining("secret");
	}

	@Test
	void configuredKeysAreUsedWhereNothingIsBrought() {
		SuppliedKeys keys = new SuppliedKeys("w", (provider) -> null, ApiKeys.of("configured"), this.now::get,
				Duration.ofSeconds(5));
		keys.ready().block();
		assertThat(keys.next()).isEqualTo("configured");
	}

	private static void await(CountDownLatch latch) {
		try {
			latch.await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
