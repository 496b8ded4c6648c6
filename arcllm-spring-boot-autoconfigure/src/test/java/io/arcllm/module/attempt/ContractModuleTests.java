package io.arcllm.module.attempt;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import io.arcllm.Attempt;
import io.arcllm.ErrorKind;
import io.arcllm.LlmEvent;
import io.arcllm.LlmException;
import io.arcllm.LlmProvider;
import io.arcllm.LlmRequest;
import io.arcllm.LlmResponse;
import io.arcllm.Target;
import io.arcllm.TimeoutStage;
import io.arcllm.Usage;
import io.arcllm.WholeAndStreamed;
import io.arcllm.WireListener;
import io.arcllm.module.AttemptLimits;
import io.arcllm.module.Call;
import io.arcllm.module.Outcome;
import io.arcllm.module.Scope;
import io.arcllm.module.Script;
import io.arcllm.module.TestProvider;
import io.arcllm.module.VirtualTime;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What holds whatever an adapter does.
 */
@org.junit.jupiter.api.Timeout(20)
class ContractModuleTests {

	private static final Target TARGET = new Target("mine", "m");

	private static final AttemptLimits LIMITS = new AttemptLimits(Duration.ofSeconds(120), Duration.ofSeconds(30),
			Duration.ofSeconds(10));

	@RegisterExtension
	final VirtualTime time = new VirtualTime();

	private final AtomicInteger cancelled = new AtomicInteger();

	private Call call = new Call(Duration.ofMinutes(10), 10);

	@BeforeEach
	void callBegins() {
		this.call = new Call(Duration.ofMinutes(10), 10);
	}

	private Outcome ask(LlmProvider adapter, boolean streaming) {
		return ask(adapter, streaming, this.call);
	}

	private static Outcome ask(LlmProvider adapter, boolean streaming, Call call) {
		return Outcome.of(new ContractModule(adapter, TARGET).exchange(LlmRequest.of("hi").withStreaming(streaming))
			.contextWrite((context) -> Scope.of(context).within(LIMITS).into(context)), call);
	}

	private LlmProvider adapter(Flux<LlmEvent> answer) {
		return (request) -> answer.doOnCancel(this.cancelled::incrementAndGet);
	}

	private static Flux<LlmEvent> words(String... words) {
		return Flux.fromArray(words).map(LlmEvent.TextDelta::new);
	}

	private Attempt onlyAttempt() {
		assertThat(this.call.trail().attempts()).hasSize(1);
		return this.call.trail().attempts().get(0);
	}

	static Stream<Arguments> adaptersThatFail() {
		RuntimeException bug = new IllegalStateException("bug");
		return Stream.of(failure("throws in exchange", ErrorKind.INVALID_REQUEST, (request) -> {
			throw bug;
		}), failure("throws an Error", ErrorKind.INVALID_REQUEST, (request) -> {
			throw new AssertionError("bug");
		}), failure("returns null", ErrorKind.INVALID_REQUEST, (request) -> null),
				failure("throws in subscribe", ErrorKind.INVALID_REQUEST, (request) -> Flux.from((subscriber) -> {
					throw bug;
				})), failure("fails with a bug", ErrorKind.INVALID_REQUEST, (request) -> Flux.error(bug)),
				failure("is empty", ErrorKind.INTERRUPTED, (request) -> Flux.empty()),
				failure("fails with I/O", ErrorKind.NETWORK, (request) -> Flux.error(new IOException("reset"))),
				failure("wraps I/O", ErrorKind.NETWORK,
						(request) -> Flux.error(new CompletionException(new IOException("reset")))),
				failure("wraps I/O deeper", ErrorKind.NETWORK,
						(request) -> Flux.error(new IllegalStateException("client",
								new UncheckedIOException(new IOException("refused"))))),
				failure("wraps a timeout", ErrorKind.TIMEOUT,
						(request) -> Flux.error(new IllegalStateException("client", new TimeoutException("slow")))),
				failure("fails for no known reason", ErrorKind.SERVER_ERROR,
						(request) -> Flux.error(new RuntimeException("the model is broken"))),
				failure("wraps a silence", ErrorKind.TIMEOUT,
						(request) -> Flux.error(new RuntimeException(new SocketTimeoutException("Read timed out")))),
				failure("gave its own request up", ErrorKind.SERVER_ERROR,
						(request) -> Flux.error(new CompletionException(new CancellationException("by its pool")))),
				failure("knows no such host", ErrorKind.NETWORK,
						(request) -> Flux.error(new UnresolvedAddressException())),
				failure("fails in a circle", ErrorKind.INVALID_REQUEST, (request) -> Flux.error(circle())),
				failure("times out", ErrorKind.TIMEOUT, (request) -> Flux.error(new TimeoutException("slow"))),
				failure("knows its error", ErrorKind.OVERLOADED, (request) -> Script.fails(ErrorKind.OVERLOADED)),
				failure("sends null", ErrorKind.INVALID_REQUEST, (request) -> Flux.from((subscriber) -> {
					subscriber.onSubscribe(reactor.core.publisher.Operators.emptySubscription());
					subscriber.onNext(null);
				})));
	}

	private static Throwable circle() {
		Throwable first = new IllegalStateException("first");
		Throwable second = new IllegalStateException("second", first);
		first.initCause(second);
		return second;
	}

	private static Arguments failure(String what, ErrorKind kind, LlmProvider adapter) {
		return Arguments.argumentSet(what, adapter, kind);
	}

	@ParameterizedTest
	@MethodSource("adaptersThatFail")
	void everyFailureIsAnLlmException(LlmProvider adapter, ErrorKind kind) {
		for (boolean streaming : new boolean[] { false, true }) {
			Outcome outcome = ask(adapter, streaming, new Call(Duration.ofMinutes(10), 10));
			assertThat(outcome.kind()).isEqualTo(kind);
			assertThat(outcome.failure().partial()).isNull();
		}
		Outcome outcome = ask(adapter, false);
		assertThat(outcome.failure().kind()).isEqualTo(kind);
		assertThat(onlyAttempt().outcome()).isEqualTo(Attempt.Outcome.FAILED);
		assertThat(onlyAttempt().error()).isEqualTo(kind);
	}

	@Test
	void typeOfAnOwnExceptionIsKept() {
		class MyException extends LlmException {

			MyException() {
				super(LlmException.of(ErrorKind.OVERLOADED, "").details(), "mine", null);
			}

		}
		LlmException mine = new MyException();
		assertThat(ask(adapter(Flux.error(mine)), true).failure()).isSameAs(mine);
	}

	@WholeAndStreamed
	void failureAfterContentIsAnInterruptionWithWhatWasDelivered(boolean streaming) {
		Outcome outcome = ask(adapter(Flux.concat(words("Hel", "lo"), Script.fails(ErrorKind.SERVER_ERROR, 500, null))),
				streaming);
		assertThat(outcome.failure().kind()).isEqualTo(ErrorKind.INTERRUPTED);
		assertThat(outcome.failure().partial()).extracting(LlmResponse::text).isEqualTo("Hello");
		assertThat(outcome.failure().status()).isEqualTo(500);
		assertThat(outcome.failure().isRetryable()).isFalse();
		assertThat(outcome.failure().failsOver()).isFalse();
		assertThat(onlyAttempt().error()).isEqualTo(ErrorKind.SERVER_ERROR);
		assertThat(onlyAttempt().firstToken()).isNotNull();
	}

	/**
	 * As a client of the application's own says it, whose vendor sends x-should-retry.
	 */
	@WholeAndStreamed
	void failureAfterContentIsNeverAskedAgainBecauseTheVendorSaysSo(boolean streaming) {
		LlmException again = LlmException.of(ErrorKind.SERVER_ERROR, "no").status(500).retryable(true).build();
		Outcome outcome = ask(adapter(Flux.concat(words("Hel"), Flux.error(again))), streaming);
		assertThat(outcome.failure().hasDelivered()).isTrue();
		assertThat(outcome.failure().isRetryable()).isFalse();
		assertThat(outcome.failure().failsOver()).isFalse();
	}

	@WholeAndStreamed
	void endWithoutCompletedIsAnInterruption(boolean streaming) {
		Outcome outcome = ask(adapter(words("Hel")), streaming);
		assertThat(outcome.failure().kind()).isEqualTo(ErrorKind.INTERRUPTED);
		assertThat(outcome.failure().partial()).extracting(LlmResponse::text).isEqualTo("Hel");
	}

	@WholeAndStreamed
	void nothingComesAfterCompleted(boolean streaming) {
		Flux<LlmEvent> late = Flux.concat(Flux.just(Script.completed("a"), Script.completed("b")), words("c"),
				Script.fails(ErrorKind.NETWORK));
		Outcome outcome = ask(adapter(late), streaming);
		assertThat(outcome.events()).hasSize(1);
		assertThat(outcome.answer()).extracting(LlmResponse::text).isEqualTo("a");
		assertThat(outcome.kind()).isNull();
		assertThat(onlyAttempt().outcome()).isEqualTo(Attempt.Outcome.COMPLETED);
	}

	@WholeAndStreamed
	void silenceAfterCompletedIsNotWaitedFor(boolean streaming) {
		Outcome outcome = ask(adapter(Flux.concat(Flux.just(Script.completed("a")), Flux.never())), streaming);
		assertThat(outcome.isOpen()).isFalse();
		assertThat(outcome.answer()).isNotNull();
		assertThat(this.cancelled).as("cancelled").hasValue(1);
		this.time.seconds(1000);
		assertThat(this.call.trail().attempts()).hasSize(1);
	}

	@Test
	void wholeAnswerIsBoundedByTheAttemptTimeout() {
		Outcome outcome = ask(adapter(Flux.never()), false);
		this.time.passes(Duration.ofMillis(119_999));
		assertThat(outcome.isOpen()).isTrue();
		this.time.passes(Duration.ofMillis(1));
		assertThat(outcome.failure().kind()).isEqualTo(ErrorKind.TIMEOUT);
		assertThat(outcome.failure().stage()).isEqualTo(TimeoutStage.ATTEMPT);
		assertThat(this.cancelled).hasValue(1);
	}

	@Test
	void streamIsBoundedByTheFirstTokenTimeout() {
		Outcome outcome = ask(adapter(Flux.never()), true);
		this.time.seconds(30);
		assertThat(outcome.failure().kind()).isEqualTo(ErrorKind.TIMEOUT);
		assertThat(outcome.failure().stage()).isEqualTo(TimeoutStage.FIRST_TOKEN);
		assertThat(outcome.failure().partial()).isNull();
		assertThat(this.cancelled).hasValue(1);
	}

	@ParameterizedTest
	@MethodSource("emptyDeltas")
	void emptyDeltasOfAnOwnProviderAreNoContent(LlmEvent empty) {
		Flux<LlmEvent> nothing = Flux.interval(Duration.ofSeconds(9)).map((n) -> empty);
		Outcome outcome = ask(adapter(nothing), true);
		this.time.seconds(30);
		assertThat(outcome.failure().kind()).isEqualTo(ErrorKind.TIMEOUT);
		assertThat(outcome.failure().stage()).isEqualTo(TimeoutStage.FIRST_TOKEN);
		assertThat(onlyAttempt().firstToken()).isNull();
	}

	static List<LlmEvent> emptyDeltas() {
		return List.of(new LlmEvent.TextDelta(""), new LlmEvent.ThinkingDelta(""));
	}

	@Test
	void streamThatFallsSilentIsInterruptedWithWhatWasDelivered() {
		Outcome outcome = ask(
				adapter(Flux.concat(words("Hel"), words("lo").delaySubscription(Duration.ofSeconds(9)), Flux.never())),
				true);
		this.time.seconds(18);
		assertThat(outcome.isOpen()).isTrue();
		this.time.seconds(1);
		assertThat(outcome.failure().kind()).isEqualTo(ErrorKind.INTERRUPTED);
		assertThat(outcome.failure().stage()).isEqualTo(TimeoutStage.IDLE);
		assertThat(outcome.failure().partial()).extracting(LlmResponse::text).isEqualTo("Hello");
		assertThat(onlyAttempt().error()).isEqualTo(ErrorKind.TIMEOUT);
	}

	@Test
	void streamMayTakeLongerThanTheAttemptTimeout() {
		Flux<LlmEvent> slow = Flux.interval(Duration.ofSeconds(9)).map((n) -> new LlmEvent.TextDelta("x"));
		Outcome outcome = ask(adapter(slow), true);
		this.time.seconds(500);
		assertThat(outcome.isOpen()).isTrue();
		outcome.cancel();
	}

	@WholeAndStreamed
	void deadlineEndsASilentAttempt(boolean streaming) {
		Call call = new Call(Duration.ofSeconds(5), 10);
		Outcome outcome = ask(adapter(Flux.never()), streaming, call);
		this.time.seconds(5);
		assertThat(outcome.failure().kind()).isEqualTo(ErrorKind.DEADLINE_EXCEEDED);
		assertThat(outcome.failure().partial()).isNull();
		assertThat(this.cancelled).hasValue(1);
	}

	@Test
	void deadlineInTheMiddleOfAStreamSaysWhatWasDelivered() {
		Call call = new Call(Duration.ofSeconds(25), 10);
		Flux<LlmEvent> slow = Flux.interval(Duration.ofSeconds(9)).map((n) -> new LlmEvent.TextDelta("x"));
		Outcome outcome = ask(adapter(slow), true, call);
		this.time.seconds(25);
		assertThat(outcome.failure().kind()).isEqualTo(ErrorKind.DEADLINE_EXCEEDED);
		assertThat(outcome.failure().partial()).extracting(LlmResponse::text).isEqualTo("xx");
		assertThat(this.cancelled).hasValue(1);
	}

	@WholeAndStreamed
	void nobodyIsAskedAfterTheDeadline(boolean streaming) {
		Call call = new Call(Duration.ofSeconds(5), 10);
		Script script = new Script("mine", Script.says("late"));
		this.time.seconds(6);
		assertThat(ask(script, streaming, call).failure().kind()).isEqualTo(ErrorKind.DEADLINE_EXCEEDED);
		assertThat(script.asked()).isZero();
	}

	@WholeAndStreamed
	void nobodyIsAskedWhenTheAttemptsAreUsedUp(boolean streaming) {
		Call call = new Call(Duration.ofMinutes(1), 2);
		Script script = new Script("mine", Script.says("hi"));
		for (int i = 0; i < 2; i++) {
			assertThat(ask(script, streaming, call).kind()).isNull();
		}
		assertThat(ask(script, streaming, call).failure()).hasMessageContaining("2 attempts")
			.extracting(LlmException::kind)
			.isEqualTo(ErrorKind.DEADLINE_EXCEEDED);
		assertThat(script.asked()).isEqualTo(2);
	}

	@WholeAndStreamed
	void whatWasRefusedHereIsNoAttempt(boolean streaming) {
		Call call = new Call(Duration.ofMinutes(1), 1);
		LlmProvider refusing = (request) -> Flux.deferContextual((context) -> {
			WireListener.of(context).refused();
			return Script.fails(ErrorKind.INVALID_REQUEST);
		});
		for (int i = 0; i < 3; i++) {
			assertThat(ask(refusing, streaming, call).kind()).isEqualTo(ErrorKind.INVALID_REQUEST);
		}
		assertThat(call.trail().requests()).isZero();
		assertThat(call.trail().attempts()).hasSize(3).allSatisfy((attempt) -> {
			assertThat(attempt.outcome()).isEqualTo(Attempt.Outcome.SKIPPED);
			assertThat(attempt.error()).isEqualTo(ErrorKind.INVALID_REQUEST);
			assertThat(attempt.reason()).isEqualTo("It is INVALID_REQUEST");
		});
		assertThat(ask(new Script("mine", Script.says("hi")), streaming, call).answer()).isNotNull();
		assertThat(call.hasAttemptsLeft()).isFalse();
	}

	@WholeAndStreamed
	void cancelReachesTheAdapterOnceAtEveryMoment(boolean streaming) {
		Flux<LlmEvent> answer = Flux.interval(Duration.ofSeconds(1))
			.take(3)
			.map((n) -> (n < 2) ? new LlmEvent.TextDelta("x") : Script.completed("xx"));
		for (int moment = 0; moment < 3; moment++) {
			this.cancelled.set(0);
			Call call = new Call(Duration.ofMinutes(10), 10);
			Outcome outcome = ask(adapter(answer), streaming, call);
			this.time.seconds(moment);
			outcome.cancel();
			outcome.cancel();
			assertThat(this.cancelled).hasValue(1);
			this.time.seconds(200);
			assertThat(outcome.isOpen()).isTrue();
			assertThat(call.trail().attempts()).extracting(Attempt::outcome).containsExactly(Attempt.Outcome.CANCELLED);
		}
	}

	@Test
	void takingTheFirstWordOnlyCancels() {
		Outcome.of(new ContractModule(adapter(Flux.concat(words("a", "b"), Flux.never())), TARGET)
			.exchange(LlmRequest.of("hi").withStreaming(true))
			.take(1), this.call);
		assertThat(this.cancelled).hasValue(1);
		assertThat(onlyAttempt().outcome()).isEqualTo(Attempt.Outcome.CANCELLED);
	}

	@WholeAndStreamed
	void answerAndAttemptSayWhoAnswered(boolean streaming) {
		LlmResponse answer = LlmResponse.of(new Target("other", "m-2026"), "hi").withText("hi", Usage.of(3, 4));
		Outcome outcome = ask(adapter(Flux.just(new LlmEvent.Completed(answer))
			.cast(LlmEvent.class)
			.delaySubscription(Duration.ofSeconds(2))), streaming);
		this.time.seconds(2);
		assertThat(outcome.answer()).extracting(LlmResponse::target).isEqualTo(new Target("mine", "m-2026"));
		assertThat(onlyAttempt().duration()).isEqualTo(Duration.ofSeconds(2));
		assertThat(onlyAttempt().usage()).isEqualTo(Usage.of(3, 4));
		assertThat(onlyAttempt().target()).isEqualTo(TARGET);
		assertThat(onlyAttempt().error()).isNull();
	}

	@Test
	void modelOfTheRequestGoesBeforeTheConfiguredOne() {
		Script script = new Script("mine", Script.says("hi"));
		Outcome.of(script.guarded().exchange(LlmRequest.of("hi")));
		assertThat(script.lastRequest().model()).isEqualTo("m");
		Outcome.of(script.guarded().exchange(LlmRequest.of("hi").withModel("other")), this.call);
		assertThat(script.lastRequest().model()).isEqualTo("other");
		assertThat(onlyAttempt().target()).isEqualTo(new Target("mine", "other"));
	}

	@Test
	void waitingReaderDoesNotKeepATimerBusy() {
		AtomicInteger looks = new AtomicInteger();
		Call call = new Call(Duration.ofSeconds(1), 10);
		Flux<LlmEvent> answer = new ContractModule(adapter(words("a")), TARGET)
			.exchange(LlmRequest.of("hi").withStreaming(true));
		answer.doOnNext((event) -> {
			reactor.core.scheduler.Schedulers.parallel()
				.schedulePeriodically(looks::incrementAndGet, 0, 100, java.util.concurrent.TimeUnit.MILLISECONDS);
			this.time.seconds(2);
		}).contextWrite((context) -> new Scope(call).into(context)).subscribe((event) -> {
		}, (ex) -> {
		});
		assertThat(looks.get()).isBetween(19, 22);
	}

	@WholeAndStreamed
	void errorOfTheJvmFailsTheCallAtOnce(boolean streaming) {
		LlmProvider reading = (request) -> Flux.error(new StackOverflowError());
		LlmProvider asking = (request) -> {
			throw new OutOfMemoryError();
		};
		LlmRequest request = LlmRequest.of("Hi").withStreaming(streaming);
		for (LlmProvider provider : List.of(reading, asking)) {
			Outcome outcome = Outcome.of(new ContractModule(provider, new Target("jvm", "m")).exchange(request));
			assertThat(outcome.kind()).isEqualTo(ErrorKind.INVALID_REQUEST);
		}
	}

	@WholeAndStreamed
	void subscriberThatThrowsEndsTheAttempt(boolean streaming) {
		Call call = new Call(Duration.ofMinutes(1), 10);
		TestProvider provider = new TestProvider();
		Flux<LlmEvent> answer = new ContractModule(provider, new Target("test", "m"))
			.exchange(LlmRequest.of("Hi").withStreaming(streaming));
		answer.contextWrite((context) -> new Scope(call).into(context)).subscribe(new BaseSubscriber<LlmEvent>() {

			@Override
			protected void hookOnNext(LlmEvent event) {
				throw new StackOverflowError();
			}

			@Override
			protected void hookOnError(Throwable failure) {
			}

		});
		provider.say(0, "word");
		assertThat(provider.running()).isZero();
		assertThat(call.trail().attempts()).hasSize(1);
	}

}
