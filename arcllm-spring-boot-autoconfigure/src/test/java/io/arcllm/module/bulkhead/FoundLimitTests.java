package io.arcllm.module.bulkhead;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;

import io.arcllm.ErrorKind;
import io.arcllm.LlmEvent;
import io.arcllm.LlmException;
import io.arcllm.LlmProvider;
import io.arcllm.LlmRequest;
import io.arcllm.Target;
import io.arcllm.WholeAndStreamed;
import io.arcllm.module.Script;
import io.arcllm.module.TestSettings;
import io.arcllm.module.VirtualTime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A bulkhead that finds how many calls its target can take, before targets that can take
 * eight.
 */
class FoundLimitTests {

	private static final int CALLERS = 64;

	private static final Duration ANSWER = Duration.ofSeconds(1);

	@RegisterExtension
	final VirtualTime time = new VirtualTime();

	private final AtomicInteger running = new AtomicInteger();

	private final AtomicInteger answered = new AtomicInteger();

	private final AtomicInteger refused = new AtomicInteger();

	@WholeAndStreamed
	void targetThatRefusesWhatIsTooMuchIsAskedForWhatItCanTake(boolean streamed) {
		Bulkhead bulkhead = bulkhead(64);
		callers(bulkhead, (running) -> (running > 8) ? overloaded() : Script.says("hi").delaySubscription(ANSWER),
				streamed);
		this.time.passes(Duration.ofMinutes(5));
		this.refused.set(0);
		this.answered.set(0);
		this.time.passes(Duration.ofMinutes(5));
		assertThat(bulkhead.status().maxConcurrent()).isBetween(4, 14);
		assertThat(this.answered.get()).isGreaterThan(1700);
		assertThat(this.refused.get()).isLessThan(this.answered.get() / 5);
	}

	@WholeAndStreamed
	void targetThatGetsSlowerIsAskedForLessThanAllItWouldTake(boolean streamed) {
		Bulkhead bulkhead = bulkhead(64);
		callers(bulkhead, (running) -> Script.says("hi")
			.delaySubscription((running <= 8) ? ANSWER : ANSWER.multipliedBy(running).dividedBy(8)), streamed);
		this.time.passes(Duration.ofMinutes(10));
		assertThat(bulkhead.status().maxConcurrent()).isBetween(8, 32);
	}

	@Test
	void healthyTargetIsAskedForAsMuchAsThereAreConnections() {
		Bulkhead bulkhead = bulkhead(20);
		assertThat(bulkhead.status().maxConcurrent()).isEqualTo(5);
		callers(bulkhead, (running) -> Script.says("hi").delaySubscription(ANSWER), false);
		this.time.passes(Duration.ofMinutes(5));
		assertThat(bulkhead.status()).returns(20, BulkheadStatus::maxConcurrent).returns(20, BulkheadStatus::running);
	}

	@Test
	void oneCallIsAlwaysLetThroughAndTheLimitComesBack() {
		Bulkhead bulkhead = bulkhead(20);
		AtomicInteger failures = new AtomicInteger(200);
		callers(bulkhead, (running) -> (failures.getAndDecrement() > 0) ? overloaded()
				: Script.says("hi").delaySubscription(ANSWER), false);
		this.time.passes(Duration.ofSeconds(3));
		assertThat(bulkhead.status().maxConcurrent()).isEqualTo(1);
		this.time.passes(Duration.ofMinutes(10));
		assertThat(bulkhead.status().maxConcurrent()).isEqualTo(20);
	}

	@Test
	void callsThatWereRefusedTogetherLowerItOnce() {
		FoundLimit limit = new FoundLimit(20, () -> 20);
		this.time.seconds(10);
		for (int i = 0; i < 15; i++) {
			limit.ended(ANSWER.toNanos(), 20 - i, true);
		}
		assertThat(limit.calls()).isEqualTo(18);
	}

	@Test
	void otherFailuresSayNothing() {
		Bulkhead bulkhead = bulkhead(20);
		callers(bulkhead,
				(running) -> Mono.<LlmEvent>error(LlmException.of(ErrorKind.INVALID_REQUEST, "no").build())
					.delaySubscription(ANSWER)
					.flux(),
				false);
		this.time.passes(Duration.ofMinutes(1));
		assertThat(bulkhead.status().maxConcurrent()).isEqualTo(5);
	}

	private static Bulkhead bulkhead(int connections) {
		return new Bulkhead(
				new Target("test", "m"), TestSettings.of(BulkheadSettings.class, "max-concurrent", MaxConcurrent.AUTO,
						"max-queue", CALLERS, "queue-timeout", "5m"),
				(initial) -> new FoundLimit(initial, () -> connections));
	}

	private static Flux<LlmEvent> overloaded() {
		return Mono.<LlmEvent>error(LlmException.of(ErrorKind.OVERLOADED, "too much").build())
			.delaySubscription(Duration.ofMillis(20))
			.flux();
	}

	/** Each asks again and again, a while after it was refused. */
	private void callers(Bulkhead bulkhead, IntFunction<Flux<LlmEvent>> vendor, boolean streamed) {
		LlmProvider target = (request) -> Flux
			.defer(() -> vendor.apply(this.running.incrementAndGet()).doOnTerminate(this.running::decrementAndGet));
		BulkheadModule module = new BulkheadModule(target, bulkhead);
		LlmRequest request = LlmRequest.of("hi").withStreaming(streamed);
		for (int i = 0; i < CALLERS; i++) {
			Mono.defer(() -> module.exchange(request).then())
				.doOnSuccess((none) -> this.answered.incrementAndGet())
				.onErrorResume((ex) -> Mono.delay(ANSWER).doOnNext((none) -> this.refused.incrementAndGet()).then())
				.subscribeOn(Schedulers.parallel())
				.repeat()
				.subscribe();
		}
	}

}
