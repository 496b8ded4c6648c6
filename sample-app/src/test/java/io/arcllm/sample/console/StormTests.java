package io.arcllm.sample.console;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

import io.arcllm.ErrorKind;
import io.arcllm.LlmEvent;
import io.arcllm.LlmProvider;
import io.arcllm.test.ScriptedLlm;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * A storm is bounded, counts every call, and leaves none behind.
 */
class StormTests {

	private static final LlmProvider ANSWERS = ScriptedLlm.create().when((request) -> true).answer("Yes");

	private static final LlmProvider FAILS = ScriptedLlm.create().when((request) -> true).fail(ErrorKind.OVERLOADED);

	@Test
	void everyCallIsCountedOnItsSide() {
		AtomicInteger failed = new AtomicInteger();
		AtomicInteger answered = new AtomicInteger();
		StepVerifier.withVirtualTime(() -> new Storm(FAILS, ANSWERS, new StormPlan(10, 3)).seconds())
			.thenAwait(Duration.ofSeconds(20))
			.thenConsumeWhile((second) -> true, (second) -> {
				failed.addAndGet(second.plain().failed());
				answered.addAndGet(second.stack().answered());
				assertThat(second.plain().answered() + second.stack().failed()).isZero();
			})
			.expectComplete()
			.verify(Duration.ofSeconds(20));
		assertThat(failed).hasValue(30);
		assertThat(answered).hasValue(30);
	}

	@Test
	void machineThatIsLateSaysSo() {
		StepVerifier.withVirtualTime(() -> new Storm(ANSWERS, ANSWERS, new StormPlan(10, 10)).seconds(), 1)
			.thenAwait(Duration.ofSeconds(1))
			.assertNext((second) -> assertThat(second.lateMs()).isZero())
			.thenAwait(Duration.ofSeconds(3))
			.thenRequest(1)
			.thenAwait(Duration.ofSeconds(1))
			.assertNext((second) -> assertThat(second.lateMs()).isEqualTo(3000))
			.thenCancel()
			.verify(Duration.ofSeconds(20));
	}

	@Test
	void callsThatNeverEndDoNotKeepItBlowing() {
		AtomicInteger active = new AtomicInteger();
		StepVerifier.withVirtualTime(() -> new Storm(hangs(active), ANSWERS, new StormPlan(10, 3)).seconds())
			.thenAwait(Duration.ofSeconds(30))
			.thenConsumeWhile((second) -> second.second() <= 14)
			.expectComplete()
			.verify(Duration.ofSeconds(20));
		assertThat(active).hasValue(0);
	}

	@Test
	void whoLeavesCancelsEveryCall() {
		AtomicInteger active = new AtomicInteger();
		StepVerifier.withVirtualTime(() -> new Storm(hangs(active), hangs(active), new StormPlan(10, 3)).seconds())
			.thenAwait(Duration.ofSeconds(2))
			.assertNext((second) -> assertThat(active.get()).isPositive())
			.thenCancel()
			.verify(Duration.ofSeconds(20));
		assertThat(active).hasValue(0);
	}

	@ParameterizedTest
	@CsvSource({ "0, 1", "201, 1", "1, 0", "1, 61", ", 1", "1," })
	void plansAreBounded(Integer perSecond, Integer seconds) {
		assertThatIllegalArgumentException().isThrownBy(() -> new StormPlan(perSecond, seconds));
	}

	private static LlmProvider hangs(AtomicInteger active) {
		return (request) -> Flux.<LlmEvent>never()
			.doOnSubscribe((subscription) -> active.incrementAndGet())
			.doOnCancel(active::decrementAndGet);
	}

}
