package io.arcllm.module.attempt;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

import io.arcllm.ErrorKind;
import io.arcllm.LlmEvent;
import io.arcllm.LlmException;
import io.arcllm.LlmProvider;
import io.arcllm.LlmRequest;
import io.arcllm.Target;
import io.arcllm.TimeoutStage;
import io.arcllm.module.Script;
import io.arcllm.module.AttemptLimits;
import io.arcllm.module.Scope;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class CommitModuleTests {

	private static final Duration LIMIT = Duration.ofSeconds(10);

	private static final LlmRequest STREAM = LlmRequest.of("Hi").withStreaming(true);

	private static final Target TARGET = new Target("test", "m");

	@ParameterizedTest
	@ValueSource(strings = { "first-token", "500ms", "40-tokens", "full" })
	void commitIsWrittenAsItIsRead(String written) {
		assertThat(CommitPoint.of(written)).hasToString(written);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "first", "0-tokens", "-1s", "0ms", "4 token s" })
	void whatIsNoCommitPointIsRefused(String written) {
		assertThatIllegalArgumentException().isThrownBy(() -> CommitPoint.of(written));
	}

	@Test
	void nothingIsSeenOfAStreamThatFailsBeforeItsCommitPoint() {
		Flux<LlmEvent> answer = Flux.concat(words(3), Script.fails(ErrorKind.NETWORK));
		for (String commit : new String[] { "4-tokens", "500ms", "full" }) {
			StepVerifier.create(held(answer, commit)).expectErrorSatisfies((ex) -> {
				LlmException failure = (LlmException) ex;
				assertThat(failure.kind()).isEqualTo(ErrorKind.NETWORK);
				assertThat(failure.partial()).isNull();
				assertThat(failure.isRetryable()).isTrue();
			}).verify(LIMIT);
		}
	}

	@Test
	void aMissingEndBeforeTheCommitPointMayBeTriedAgain() {
		StepVerifier.create(held(words(3), "full")).expectErrorSatisfies((ex) -> {
			assertThat(((LlmException) ex).kind()).isEqualTo(ErrorKind.INTERRUPTED);
			assertThat(((LlmException) ex).isRetryable()).isTrue();
			assertThat(((LlmException) ex).failsOver()).isTrue();
		}).verify(LIMIT);
	}

	@Test
	void allIsSeenInOrderFromTheCommitPointOn() {
		Flux<LlmEvent> answer = Flux.concat(words(5), Script.fails(ErrorKind.NETWORK));
		StepVerifier.create(held(answer, "4-tokens")).expectNextCount(5).expectErrorSatisfies((ex) -> {
			assertThat(((LlmException) ex).kind()).isEqualTo(ErrorKind.INTERRUPTED);
			assertThat(((LlmException) ex).partial().text()).isEqualTo("01234");
		}).verify(LIMIT);
	}

	@Test
	void wholeAnswerFollowsItsWords() {
		Flux<LlmEvent> answer = Flux.concat(words(3), Flux.just(Script.completed("012")));
		StepVerifier.create(held(answer, "full"))
			.expectNext(word(0), word(1), word(2))
			.expectNextMatches((event) -> event.answer() != null)
			.expectComplete()
			.verify(LIMIT);
	}

	@Test
	void timeCountsFromTheFirstToken() {
		StepVerifier.withVirtualTime(() -> {
			Flux<LlmEvent> answer = Flux
				.concat(Flux.just(word(0)).delaySequence(Duration.ofSeconds(3)), Flux.just(word(1)),
						Flux.<LlmEvent>never())
				.mergeWith(Flux.never());
			return held(answer, "500ms");
		})
			.expectSubscription()
			.expectNoEvent(Duration.ofMillis(3499))
			.thenAwait(Duration.ofMillis(1))
			.expectNext(word(0), word(1))
			.thenCancel()
			.verify(LIMIT);
	}

	@Test
	void wordsKeepTheirTimeAfterTheCommitPoint() {
		StepVerifier
			.withVirtualTime(
					() -> held(Flux.interval(Duration.ofMillis(200)).map((tick) -> word(tick.intValue())), "500ms"))
			.expectSubscription()
			.expectNoEvent(Duration.ofMillis(699))
			.thenAwait(Duration.ofMillis(1))
			.expectNext(word(0), word(1), word(2))
			.expectNoEvent(Duration.ofMillis(99))
			.thenAwait(Duration.ofMillis(1))
			.expectNext(word(3))
			.expectNoEvent(Duration.ofMillis(199))
			.thenAwait(Duration.ofMillis(1))
			.expectNext(word(4))
			.thenCancel()
			.verify(LIMIT);
	}

	@Test
	void wordsHeldBackAreNoSilence() {
		StepVerifier.withVirtualTime(() -> {
			Flux<LlmEvent> slow = Flux.interval(Duration.ofSeconds(1))
				.take(5)
				.map((tick) -> (LlmEvent) word(tick.intValue()));
			return limited(held(Flux.concat(slow, Flux.never()), "full"));
		})
			.thenAwait(Duration.ofSeconds(6))
			.expectNoEvent(Duration.ofMillis(900))
			.thenAwait(Duration.ofSeconds(1))
			.expectErrorSatisfies((ex) -> {
				assertThat(((LlmException) ex).kind()).isEqualTo(ErrorKind.TIMEOUT);
				assertThat(((LlmException) ex).stage()).isEqualTo(TimeoutStage.IDLE);
			})
			.verify(LIMIT);
	}

	@Test
	void aSlowSubscriberIsNoSilentVendor() {
		LlmProvider guarded = new ContractModule((request) -> Flux.concat(words(2), Flux.never()), TARGET);
		StepVerifier.withVirtualTime(() -> limited(guarded.exchange(STREAM)), 1)
			.expectNext(word(0))
			.expectNoEvent(Duration.ofMinutes(5))
			.thenRequest(2)
			.expectNext(word(1))
			.thenAwait(Duration.ofSeconds(3))
			.expectErrorMatches((ex) -> ((LlmException) ex).kind() == ErrorKind.INTERRUPTED)
			.verify(LIMIT);
	}

	@Test
	void upstreamIsAskedForNoMoreThanTheSubscriberTakes() {
		AtomicLong asked = new AtomicLong();
		Flux<LlmEvent> answer = Flux.range(0, 1000).map((i) -> (LlmEvent) word(i % 10)).doOnRequest(asked::addAndGet);
		StepVerifier.create(held(answer, "4-tokens"), 0).thenRequest(2).expectNextCount(2).then(() -> {
			assertThat(asked).hasValueLessThanOrEqualTo(4);
		}).thenRequest(10).expectNextCount(10).then(() -> {
			assertThat(asked).hasValueLessThanOrEqualTo(12);
		}).thenCancel().verify(LIMIT);
	}

	@Test
	void cancellingWhileHeldBackCancelsUpstream() {
		AtomicLong cancelled = new AtomicLong();
		Flux<LlmEvent> answer = Flux.concat(words(2), Flux.<LlmEvent>never()).doOnCancel(cancelled::incrementAndGet);
		StepVerifier.create(held(answer, "full")).thenAwait(Duration.ofMillis(1)).thenCancel().verify(LIMIT);
		assertThat(cancelled).hasValue(1);
	}

	@Test
	void whatIsHeldBackIsBounded() {
		LlmEvent big = new LlmEvent.TextDelta("x".repeat(1 << 20));
		Flux<LlmEvent> answer = Flux.concat(Flux.just(big).repeat(5), Flux.never());
		StepVerifier.create(held(answer, "full")).expectNextCount(4).thenCancel().verify(LIMIT);
	}

	private static Flux<LlmEvent> limited(Flux<LlmEvent> answer) {
		AttemptLimits limits = new AttemptLimits(LIMIT, Duration.ofSeconds(2), Duration.ofSeconds(2));
		return answer.contextWrite((context) -> Scope.of(context).within(limits).into(context));
	}

	private static Flux<LlmEvent> held(Flux<LlmEvent> answer, String commit) {
		return new CommitModule(new ContractModule((request) -> answer, TARGET), TARGET, CommitPoint.of(commit))
			.exchange(STREAM);
	}

	private static Flux<LlmEvent> words(int count) {
		return Flux.range(0, count).map(CommitModuleTests::word);
	}

	private static LlmEvent word(int i) {
		return new LlmEvent.TextDelta(String.valueOf(i));
	}

}
