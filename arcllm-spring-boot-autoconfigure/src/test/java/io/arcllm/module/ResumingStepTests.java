package io.arcllm.module;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

import io.arcllm.ErrorKind;
import io.arcllm.LlmEvent;
import io.arcllm.LlmException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;
import reactor.test.publisher.TestPublisher;

import static org.assertj.core.api.Assertions.assertThat;

class ResumingStepTests {

	private static final Duration SOON = Duration.ofSeconds(5);

	private static final LlmException FAILURE = LlmException.of(ErrorKind.SERVER_ERROR, "down").build();

	@Test
	void asksWhatIsLeftOfTheDemandAfterAFailure() {
		TestPublisher<LlmEvent> first = TestPublisher.create();
		TestPublisher<LlmEvent> second = TestPublisher.create();
		StepVerifier.create(resuming(first.flux(), (failure) -> second.flux()), 3)
			.then(() -> first.next(text("a")))
			.expectNext(text("a"))
			.then(() -> first.error(FAILURE))
			.then(() -> second.assertMinRequested(2))
			.then(() -> assertThat(requested(second)).isEqualTo(2))
			.then(() -> second.next(text("b"), text("c")))
			.expectNext(text("b"), text("c"))
			.thenRequest(1)
			.then(() -> second.next(text("d")).complete())
			.expectNext(text("d"))
			.expectComplete()
			.verify(SOON);
	}

	private static long requested(TestPublisher<LlmEvent> publisher) {
		long requested = 0;
		while (true) {
			try {
				publisher.assertMinRequested(requested + 1);
				requested++;
			}
			catch (AssertionError ex) {
				return requested;
			}
		}
	}

	@Test
	void whatIsAskedForWhileThereIsNothingToAskReachesTheNext() {
		TestPublisher<LlmEvent> later = TestPublisher.create();
		StepVerifier
			.create(resuming(Flux.error(FAILURE), (failure) -> Mono.delay(Duration.ofMillis(1)).thenMany(later.flux())),
					0)
			.expectSubscription()
			.thenRequest(1)
			.thenAwait()
			.then(() -> awaitSubscription(later))
			.then(() -> later.next(text("a")).complete())
			.expectNext(text("a"))
			.expectComplete()
			.verify(SOON);
	}

	private static void awaitSubscription(TestPublisher<LlmEvent> publisher) {
		while (requested(publisher) == 0) {
			Thread.onSpinWait();
		}
	}

	@Test
	void aFailureOfWhatIsAskedInsteadIsPassedOn() {
		LlmException second = LlmException.of(ErrorKind.OVERLOADED, "busy").build();
		AtomicInteger asked = new AtomicInteger();
		StepVerifier.create(resuming(Flux.error(FAILURE), (failure) -> {
			asked.incrementAndGet();
			return Flux.error(second);
		})).expectErrorMatches((failure) -> failure == second).verify(SOON);
		assertThat(asked).hasValue(1);
	}

	@Test
	void whatIsNoFailureOfACallIsPassedOn() {
		IllegalStateException other = new IllegalStateException("a bug");
		StepVerifier.create(resuming(Flux.error(other), (failure) -> Flux.just(text("a"))))
			.expectErrorMatches((failure) -> failure == other)
			.verify(SOON);
	}

	@Test
	void nothingIsAskedInsteadWhereTheStepSaysSo() {
		StepVerifier.create(resuming(Flux.error(FAILURE), (failure) -> null))
			.expectErrorMatches((failure) -> failure == FAILURE)
			.verify(SOON);
	}

	@Test
	void aStepThatThrowsFailsWithBoth() {
		StepVerifier.create(resuming(Flux.error(FAILURE), (failure) -> {
			throw new IllegalStateException("a bug");
		}))
			.expectErrorSatisfies((failure) -> assertThat(failure).isInstanceOf(IllegalStateException.class)
				.hasSuppressedException(FAILURE))
			.verify(SOON);
	}

	@Test
	void cancellingReachesWhatIsAskedInstead() {
		TestPublisher<LlmEvent> second = TestPublisher.create();
		StepVerifier.create(resuming(Flux.error(FAILURE), (failure) -> second.flux()))
			.then(() -> second.next(text("a")))
			.expectNext(text("a"))
			.thenCancel()
			.verify(SOON);
		second.assertCancelled();
	}

	@Test
	void nothingIsAskedInsteadAfterTheCallerWentAway() {
		TestPublisher<LlmEvent> first = TestPublisher.createNoncompliant(TestPublisher.Violation.CLEANUP_ON_TERMINATE);
		TestPublisher<LlmEvent> second = TestPublisher.create();
		StepVerifier.create(resuming(first.flux(), (failure) -> second.flux())).thenCancel().verify(SOON);
		first.error(FAILURE);
		second.assertWasNotSubscribed();
	}

	private static LlmEvent text(String text) {
		return new LlmEvent.TextDelta(text);
	}

	private static Flux<LlmEvent> resuming(Flux<LlmEvent> answer,
			Function<LlmException, @Nullable Flux<LlmEvent>> next) {
		return EventStep.around(answer, (actual) -> new Resuming(actual, next));
	}

	private static final class Resuming extends EventStep.Resuming {

		private final Function<LlmException, @Nullable Flux<LlmEvent>> next;

		Resuming(CoreSubscriber<? super LlmEvent> actual, Function<LlmException, @Nullable Flux<LlmEvent>> next) {
			super(actual);
			this.next = next;
		}

		@Override
		protected @Nullable Flux<LlmEvent> resume(LlmException failure) {
			return this.next.apply(failure);
		}

	}

}
