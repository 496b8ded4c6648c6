package io.arcllm;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What the short ways to ask promise.
 */
class LlmProviderTests {

	private static final LlmProvider HELLO = LlmProvider.of("hello", (request) -> LlmResponse.of("hi"));

	@Test
	void invokeIsRefusedOnAnEventLoopThread() {
		Mono<String> answer = Mono.fromCallable(() -> HELLO.invoke("hi").text()).subscribeOn(Schedulers.parallel());
		assertThatExceptionOfType(IllegalStateException.class).isThrownBy(() -> answer.block(Duration.ofSeconds(20)))
			.withMessageContaining("invokeAsync");
	}

	@Test
	void exceptionOfTheCallComesOutItself() {
		LlmException failure = LlmException.of(ErrorKind.OVERLOADED, "busy").build();
		LlmProvider failing = (request) -> Flux.<LlmEvent>error(failure).delaySubscription(Duration.ofMillis(1));
		assertThatExceptionOfType(LlmException.class).isThrownBy(() -> failing.invoke("hi"))
			.satisfies((thrown) -> assertThat(thrown).isSameAs(failure).hasNoSuppressedExceptions().hasNoCause());
	}

	@Test
	void interruptCancelsTheCall() throws InterruptedException {
		AtomicInteger cancelled = new AtomicInteger();
		CountDownLatch asked = new CountDownLatch(1);
		LlmProvider silent = (request) -> Flux.<LlmEvent>never()
			.doOnSubscribe((subscription) -> asked.countDown())
			.doOnCancel(cancelled::incrementAndGet);
		AtomicReference<Throwable> thrown = new AtomicReference<>();
		AtomicReference<Boolean> interrupted = new AtomicReference<>();
		Thread caller = new Thread(() -> {
			try {
				silent.invoke("hi");
			}
			catch (LlmException ex) {
				thrown.set(ex);
				interrupted.set(Thread.currentThread().isInterrupted());
			}
		});
		caller.start();
		assertThat(asked.await(5, TimeUnit.SECONDS)).isTrue();
		caller.interrupt();
		caller.join(5000);
		assertThat(thrown.get()).isInstanceOfSatisfying(LlmException.class,
				(ex) -> assertThat(ex.kind()).isEqualTo(ErrorKind.CANCELLED));
		assertThat(interrupted.get()).isTrue();
		assertThat(cancelled).hasValue(1);
	}

	@Test
	@EnabledForJreRange(min = JRE.JAVA_21)
	void invokeWorksOnAVirtualThread() throws ReflectiveOperationException, InterruptedException {
		AtomicReference<LlmResponse> answer = new AtomicReference<>();
		LlmProvider slow = (request) -> HELLO.exchange(request).delaySubscription(Duration.ofMillis(5));
		Thread thread = (Thread) Thread.class.getMethod("startVirtualThread", Runnable.class)
			.invoke(null, (Runnable) () -> answer.set(slow.invoke("hi")));
		thread.join(5000);
		assertThat(answer.get().text()).isEqualTo("hi");
	}

	@Test
	void endWithoutAnswerIsAnInterruption() {
		LlmProvider empty = (request) -> Flux.empty();
		assertThatExceptionOfType(LlmException.class).isThrownBy(() -> empty.invoke("hi"))
			.satisfies((ex) -> assertThat(ex.kind()).isEqualTo(ErrorKind.INTERRUPTED));
	}

	@Test
	void functionMayBlockWhenAskedOnAnEventLoop() {
		LlmProvider blocking = LlmProvider.of("blocking", (request) -> HELLO.invoke("from there"));
		LlmResponse answer = Mono.delay(Duration.ofMillis(1))
			.flatMap((tick) -> blocking.invokeAsync(LlmRequest.of("hi")))
			.block(Duration.ofSeconds(10));
		assertThat(answer).isNotNull();
		assertThat(answer.text()).isEqualTo("hi");
	}

	@Test
	void subscribingDoesNotWaitForAFunction() throws InterruptedException {
		CountDownLatch release = new CountDownLatch(1);
		CountDownLatch answered = new CountDownLatch(1);
		AtomicReference<Thread> asked = new AtomicReference<>();
		LlmProvider blocking = LlmProvider.of("blocking", (request) -> {
			asked.set(Thread.currentThread());
			awaitUninterrupted(release);
			return LlmResponse.of("hi");
		});
		blocking.invokeAsync(LlmRequest.of("hi")).subscribe((answer) -> answered.countDown());
		release.countDown();
		assertThat(answered.await(5, TimeUnit.SECONDS)).isTrue();
		assertThat(asked.get()).isNotNull().isNotSameAs(Thread.currentThread());
	}

	private static void awaitUninterrupted(CountDownLatch latch) {
		try {
			assertThat(latch.await(5, TimeUnit.SECONDS)).isTrue();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Test
	void functionIsInterruptedWhenNobodyWaitsAnyMore() throws InterruptedException {
		CountDownLatch asked = new CountDownLatch(1);
		CountDownLatch interrupted = new CountDownLatch(1);
		LlmProvider blocking = LlmProvider.of("blocking", (request) -> {
			asked.countDown();
			try {
				new CountDownLatch(1).await(10, TimeUnit.SECONDS);
			}
			catch (InterruptedException ex) {
				interrupted.countDown();
			}
			return LlmResponse.of("late");
		});
		Disposable call = blocking.invokeAsync(LlmRequest.of("hi")).subscribe();
		assertThat(asked.await(5, TimeUnit.SECONDS)).isTrue();
		call.dispose();
		assertThat(interrupted.await(5, TimeUnit.SECONDS)).isTrue();
	}

	@Test
	void whatAFunctionThrowsFailsTheCall() {
		LlmProvider failing = LlmProvider.of("failing", (request) -> {
			throw LlmException.of(ErrorKind.OVERLOADED, "busy").build();
		});
		assertThatExceptionOfType(LlmException.class).isThrownBy(() -> failing.invoke("hi"))
			.satisfies((ex) -> assertThat(ex.kind()).isEqualTo(ErrorKind.OVERLOADED));
	}

	@Test
	void nothingIsAskedBeforeTheSubscription() {
		AtomicInteger asked = new AtomicInteger();
		LlmProvider counting = LlmProvider.of("counting", (request) -> LlmResponse.of("" + asked.incrementAndGet()));
		Mono<LlmResponse> answer = counting.invokeAsync(LlmRequest.of("hi"));
		assertThat(asked).hasValue(0);
		assertThat(answer.block(Duration.ofSeconds(20)).text()).isEqualTo("1");
		assertThat(answer.block(Duration.ofSeconds(20)).text()).isEqualTo("2");
	}

	@Test
	void streamAsksForStreaming() {
		LlmProvider telling = LlmProvider.of("telling", (request) -> LlmResponse.of("" + request.streaming()));
		assertThat(telling.stream(LlmRequest.of("hi")).blockLast(Duration.ofSeconds(5)))
			.isEqualTo(new LlmEvent.Completed(LlmResponse.of("true")));
		assertThat(telling.invoke(List.of(Message.user("hi"))).text()).isEqualTo("false");
	}

	@Test
	void functionGivesItsTextAsADeltaFirst() {
		LlmProvider provider = LlmProvider.of("mine", (request) -> LlmResponse.of("Hello"));
		List<LlmEvent> events = provider.stream(LlmRequest.of("Hi")).collectList().block();
		assertThat(events).hasSize(2).first().isEqualTo(new LlmEvent.TextDelta("Hello"));
		assertThat(events.get(1).answer().text()).isEqualTo("Hello");
	}

	@Test
	void functionRunsOnAVirtualThreadWhereThereIsOne() {
		LlmProvider provider = LlmProvider.of("mine",
				(request) -> LlmResponse.of(String.valueOf(Thread.currentThread())));
		String thread = provider.invoke("Hi").text();
		assertThat(thread).contains("arcllm-mine")
			.matches((text) -> text.contains("VirtualThread") == Runtime.version().feature() >= 21);
	}

}
