package io.arcllm.provider.key;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

import io.arcllm.ErrorKind;
import io.arcllm.LlmException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

class SuppliedKeysTests {

	private static final LlmException UNAUTHORIZED = LlmException.of(ErrorKind.AUTHENTICATION, "no").build();

	private final AtomicLong clock = new AtomicLong();

	private final AtomicInteger asked = new AtomicInteger();

	private final SuppliedKeys keys = keys((provider) -> provider + "-" + this.asked.incrementAndGet() + "\n");

	private SuppliedKeys keys(ApiKeySupplier supplier) {
		return new SuppliedKeys("acme", supplier, ApiKeys.of("configured"), this.clock::get);
	}

	@Test
	void keyIsBroughtOnceAndKept() {
		assertThat(this.keys.mayBlock()).isTrue();
		assertThat(List.of(this.keys.next(), this.keys.next())).containsOnly("acme-1");
		assertThat(this.keys.mayBlock()).isFalse();
	}

	@Test
	void refusedKeyIsBroughtOnceMore() {
		this.keys.failed(this.keys.next(), UNAUTHORIZED);
		assertThat(this.keys.hasAnother(UNAUTHORIZED)).isTrue();
		assertThat(this.keys.mayBlock()).isTrue();
		assertThat(this.keys.next()).isEqualTo("acme-2");
		this.keys.failed("acme-2", UNAUTHORIZED);
		assertThat(this.keys.hasAnother(UNAUTHORIZED)).isFalse();
		assertThat(this.keys.next()).isEqualTo("acme-2");
	}

	@Test
	void keyThatStaysRefusedIsAskedForAgainLater() {
		this.keys.failed(this.keys.next(), UNAUTHORIZED);
		this.keys.failed(this.keys.next(), UNAUTHORIZED);
		this.clock.addAndGet(Duration.ofSeconds(10).toNanos());
		this.keys.failed(this.keys.next(), UNAUTHORIZED);
		assertThat(this.keys.hasAnother(UNAUTHORIZED)).isTrue();
		assertThat(this.keys.next()).isEqualTo("acme-3");
	}

	@Test
	void sameKeyBroughtAgainIsNotTriedForEver() {
		SuppliedKeys same = keys((provider) -> "same");
		same.failed(same.next(), UNAUTHORIZED);
		same.failed(same.next(), UNAUTHORIZED);
		assertThat(same.hasAnother(UNAUTHORIZED)).isFalse();
	}

	@Test
	void callThatWasUnderWayWithTheOldKeyGetsTheNewOne() {
		String old = this.keys.next();
		this.keys.failed(old, UNAUTHORIZED);
		assertThat(this.keys.next()).isEqualTo("acme-2");
		this.keys.failed(old, UNAUTHORIZED);
		assertThat(this.keys.hasAnother(UNAUTHORIZED)).isTrue();
		assertThat(this.keys.next()).isEqualTo("acme-2");
	}

	@Test
	void rateLimitIsNoReasonToAskForAnotherKey() {
		LlmException limited = LlmException.of(ErrorKind.RATE_LIMITED, "no").build();
		this.keys.failed(this.keys.next(), limited);
		assertThat(this.keys.hasAnother(limited)).isFalse();
		assertThat(this.keys.next()).isEqualTo("acme-1");
	}

	@Test
	void configuredKeyIsUsedWhereNoneIsBrought() {
		for (String nothing : new String[] { null, " " }) {
			SuppliedKeys keys = keys((provider) -> nothing);
			assertThat(keys.next()).isEqualTo("configured");
			assertThat(keys.mayBlock()).isFalse();
		}
	}

	@Test
	void failureToBringAKeyIsNoFaultOfTheRequest() {
		SuppliedKeys keys = keys((provider) -> {
			throw new IllegalStateException("canary");
		});
		LlmException failure = catchThrowableOfType(LlmException.class, keys::next);
		assertThat(failure.kind()).isEqualTo(ErrorKind.NETWORK);
		assertThat(failure).hasMessageContaining("'acme' could not be brought: IllegalStateException");
		assertThat(failure.getMessage()).doesNotContain("canary");
	}

	@Test
	void eventLoopNeverBringsAKey() {
		this.keys.failed(this.keys.next(), UNAUTHORIZED);
		String key = Mono.fromSupplier(this.keys::next)
			.subscribeOn(Schedulers.parallel())
			.block(Duration.ofSeconds(10));
		assertThat(key).isEqualTo("acme-1");
		assertThat(this.asked).hasValue(1);
		assertThat(this.keys.next()).isEqualTo("acme-2");
	}

	@Test
	@Timeout(30)
	void manyCallsAskForAKeyOnce() throws Exception {
		List<Thread> threads = new CopyOnWriteArrayList<>();
		List<String> got = new CopyOnWriteArrayList<>();
		SuppliedKeys slow = keys((provider) -> {
			while (threads.stream().filter((one) -> one.getState() == Thread.State.WAITING).count() < 7
					&& this.asked.get() == 0) {
				Thread.onSpinWait();
			}
			return "key-" + this.asked.incrementAndGet();
		});
		for (int i = 0; i < 8; i++) {
			threads.add(new Thread(() -> got.add(slow.next())));
		}
		threads.forEach(Thread::start);
		for (Thread one : threads) {
			one.join();
		}
		assertThat(got).hasSize(8).containsOnly("key-1");
		assertThat(this.asked).hasValue(1);
	}

}
