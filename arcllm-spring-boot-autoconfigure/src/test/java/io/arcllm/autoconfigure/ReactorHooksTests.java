package io.arcllm.autoconfigure;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import io.arcllm.ErrorKind;
import io.arcllm.LlmEvent;
import io.arcllm.LlmException;
import io.arcllm.LlmProvider;
import io.arcllm.LlmRequest;
import io.arcllm.WholeAndStreamed;
import io.arcllm.autoconfigure.stack.ModuleFactory;
import io.arcllm.module.bulkhead.Bulkhead;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.RecordedRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Hooks;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;

import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

/**
 * Applications that look at Reactor's hooks, debug operators, throw in their own
 * operators, ask for one event at a time, or go away at any moment: each call has one
 * end, nothing is dropped, and every place comes back.
 */
class ReactorHooksTests {

	private static final Duration LIMIT = Duration.ofSeconds(20);

	private static final String FAIL = "be overloaded";

	@AutoClose
	private final Vendors vendors = new Vendors();

	private final List<Object> dropped = new CopyOnWriteArrayList<>();

	@BeforeEach
	void watch() {
		Hooks.onErrorDropped(this.dropped::add);
		Hooks.onNextDropped(this.dropped::add);
		Schedulers.onHandleError((thread, failure) -> this.dropped.add(failure));
		this.vendors.first.setDispatcher(new Dispatcher() {

			@Override
			public MockResponse dispatch(RecordedRequest request) {
				String body = request.getBody().utf8();
				return body.contains(FAIL) ? Vendors.fails("503")
						: Vendors.says("hello", body.contains("\"stream\":true"));
			}

		});
	}

	@AfterEach
	void stopWatching() {
		Hooks.resetOnErrorDropped();
		Hooks.resetOnNextDropped();
		Hooks.resetOnOperatorDebug();
		Schedulers.resetOnHandleError();
	}

	private ApplicationContextRunner runner() {
		return this.vendors.runner()
			.withPropertyValues("arcllm.modules.bulkhead.enabled=true", "arcllm.modules.bulkhead.max-concurrent=4",
					"arcllm.modules.retry.enabled=true", "arcllm.modules.retry.max-retries=1");
	}

	@WholeAndStreamed
	void debuggedOperatorsChangeNothing(boolean streaming) {
		Hooks.onOperatorDebug();
		runner().run((context) -> {
			LlmProvider llm = context.getBean(LlmProvider.class);
			for (int i = 0; i < 5; i++) {
				assertThat(ask(llm, "Hi", streaming).blockLast(LIMIT)).isInstanceOf(LlmEvent.Completed.class);
				assertThat(catchThrowableOfType(LlmException.class, () -> ask(llm, FAIL, streaming).blockLast(LIMIT))
					.kind()).isEqualTo(ErrorKind.OVERLOADED);
			}
			assertAllIsBack(context);
		});
	}

	@WholeAndStreamed
	void callersThatGoAwayAtAnyMomentLeaveNothing(boolean streaming) {
		Random random = new Random(13);
		runner().run((context) -> {
			LlmProvider llm = context.getBean(LlmProvider.class);
			for (int i = 0; i < 60; i++) {
				var call = ask(llm, (i % 3 == 0) ? FAIL : "Hi", streaming).onErrorComplete().subscribe();
				LockSupport.parkNanos(random.nextInt(3_000_000));
				call.dispose();
			}
			assertAllIsBack(context);
		});
	}

	@WholeAndStreamed
	void oneEventAtATimeIsEnough(boolean streaming) {
		runner().run((context) -> {
			StepVerifier.Step<LlmEvent> step = StepVerifier
				.create(ask(context.getBean(LlmProvider.class), "Hi", streaming), 0)
				.thenRequest(1);
			if (streaming) {
				step = step.expectNextCount(1).thenRequest(1);
			}
			step.expectNextMatches((event) -> event instanceof LlmEvent.Completed).expectComplete().verify(LIMIT);
			assertAllIsBack(context);
		});
	}

	/**
	 * An operator of the application fails its own flux; a raw subscriber breaks a rule.
	 */
	@WholeAndStreamed
	void operatorsThatThrowEndTheCall(boolean streaming) {
		runner().run((context) -> {
			LlmProvider llm = context.getBean(LlmProvider.class);
			for (int i = 0; i < 5; i++) {
				assertThatIllegalStateException().isThrownBy(() -> ask(llm, "Hi", streaming).doOnNext((event) -> {
					throw new IllegalStateException("a bug");
				}).blockLast(LIMIT));
				CountDownLatch ended = new CountDownLatch(1);
				ask(llm, "Hi", streaming).subscribe(new BaseSubscriber<>() {

					@Override
					protected void hookOnNext(LlmEvent event) {
						throw new IllegalStateException("a bug");
					}

					@Override
					protected void hookOnError(Throwable failure) {
						ended.countDown();
					}

				});
				assertThat(ended.await(20, TimeUnit.SECONDS)).isTrue();
			}
			assertAllIsBack(context);
		});
	}

	@WholeAndStreamed
	void rawSubscriberThatThrowsLeavesNoPlaceTaken(boolean streaming) {
		runner().run((context) -> {
			LlmProvider llm = context.getBean(LlmProvider.class);
			for (int i = 0; i < 8; i++) {
				ask(llm, "Hi", streaming).subscribe(new Throwing());
			}
			await().atMost(LIMIT).untilAsserted(() -> assertThat(running(context)).isZero());
			assertThat(ask(llm, "Hi", streaming).blockLast(LIMIT)).isInstanceOf(LlmEvent.Completed.class);
		});
	}

	@WholeAndStreamed
	void interruptedThreadIsToldSoAndCanAskAgain(boolean streaming) {
		runner().run((context) -> {
			LlmProvider llm = context.getBean(LlmProvider.class);
			Thread.currentThread().interrupt();
			assertThat(catchThrowableOfType(LlmException.class, () -> llm.invoke("Hi")).kind())
				.isEqualTo(ErrorKind.CANCELLED);
			assertThat(Thread.interrupted()).isTrue();
			assertThat(ask(llm, "Hi", streaming).blockLast(LIMIT)).isInstanceOf(LlmEvent.Completed.class);
			assertAllIsBack(context);
		});
	}

	@WholeAndStreamed
	void nothingWaitsOnAnEventLoop(boolean streaming) {
		runner().run((context) -> {
			LlmProvider llm = context.getBean(LlmProvider.class);
			Flux<LlmEvent> within = ask(llm, "Hi", streaming).flatMap((event) -> Flux.defer(() -> {
				assertThat(Schedulers.isInNonBlockingThread()).isTrue();
				return Flux.just(llm.invoke("Hi"));
			}).thenMany(Flux.<LlmEvent>empty()));
			assertThatIllegalStateException().isThrownBy(() -> within.blockLast(LIMIT))
				.withMessageContaining("would block the event loop thread");
			assertAllIsBack(context);
		});
	}

	private void assertAllIsBack(ApplicationContext context) {
		await().atMost(LIMIT).untilAsserted(() -> assertThat(running(context)).isZero());
		assertThat(this.dropped).isEmpty();
	}

	private static int running(ApplicationContext context) {
		return context.getBean("arcllmBulkhead", ModuleFactory.class)
			.engines(Bulkhead.class)
			.stream()
			.mapToInt((bulkhead) -> bulkhead.status().running() + bulkhead.status().queued())
			.sum();
	}

	private static Flux<LlmEvent> ask(LlmProvider llm, String words, boolean streaming) {
		return llm.exchange(LlmRequest.of(words).withStreaming(streaming));
	}

	/**
	 * Throws from each of its methods, against the rules of Reactive Streams.
	 */
	private static final class Throwing implements CoreSubscriber<LlmEvent> {

		@Override
		public void onSubscribe(Subscription subscription) {
			subscription.request(Long.MAX_VALUE);
		}

		@Override
		public void onNext(LlmEvent event) {
			throw new IllegalStateException("a bug");
		}

		@Override
		public void onError(Throwable failure) {
			throw new IllegalStateException("a bug");
		}

		@Override
		public void onComplete() {
			throw new IllegalStateException("a bug");
		}

	}

}
