package io.arcllm.module;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import io.arcllm.ErrorKind;
import io.arcllm.LlmEvent;
import io.arcllm.LlmException;
import io.arcllm.LlmProvider;
import io.arcllm.LlmRequest;
import io.arcllm.LlmResponse;
import io.arcllm.Usage;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * 10,000 calls from 200 threads that succeed, fail, dawdle and go away at random, and the
 * provider they end at.
 */
public final class Storm implements LlmProvider {

	public static final int CALLS = 10_000;

	private static final int THREADS = 200;

	public final AtomicInteger running = new AtomicInteger();

	public final AtomicInteger mostRunning = new AtomicInteger();

	public final AtomicInteger asked = new AtomicInteger();

	public final AtomicInteger tokens = new AtomicInteger();

	private final Random random = new Random(42);

	@Override
	public Flux<LlmEvent> exchange(LlmRequest request) {
		return Flux.defer(() -> {
			this.asked.incrementAndGet();
			this.mostRunning.accumulateAndGet(this.running.incrementAndGet(), Math::max);
			AtomicBoolean ended = new AtomicBoolean();
			Runnable end = () -> {
				if (ended.compareAndSet(false, true)) {
					this.running.decrementAndGet();
				}
			};
			return behave(this.random.nextInt(6)).doOnNext((event) -> {
				if (event.answer() != null) {
					this.tokens.addAndGet(7);
					end.run();
				}
			}).doOnError((ex) -> end.run()).doOnCancel(end);
		});
	}

	private Flux<LlmEvent> behave(int kind) {
		Flux<LlmEvent> answer = Flux.just(new LlmEvent.Completed(LlmResponse.of("hi").withText("hi", Usage.of(5, 2))));
		Flux<LlmEvent> failure = Flux.error(() -> LlmException.of(ErrorKind.SERVER_ERROR, "500").build());
		Flux<LlmEvent> word = Flux.just(new LlmEvent.TextDelta("hi"));
		Duration moment = Duration.ofMillis(1);
		return switch (kind) {
			case 0 -> answer;
			case 1 -> failure;
			case 2 -> answer.delaySubscription(moment);
			case 3 -> failure.delaySubscription(moment);
			case 4 -> Flux.concat(word, answer.delaySubscription(moment));
			default -> Flux.concat(word, failure.delaySubscription(moment));
		};
	}

	/**
	 * Calls, a third of which go away early, and waits until all have ended.
	 */
	public void rage(LlmProvider provider) throws InterruptedException {
		CountDownLatch ended = new CountDownLatch(CALLS);
		List<Thread> threads = new ArrayList<>();
		for (int i = 0; i < THREADS; i++) {
			Random random = new Random(i);
			Thread thread = new Thread(() -> {
				for (int call = 0; call < CALLS / THREADS; call++) {
					call(provider, random, ended);
				}
			});
			threads.add(thread);
			thread.start();
		}
		for (Thread thread : threads) {
			thread.join();
		}
		if (!ended.await(50, TimeUnit.SECONDS)) {
			throw new AssertionError(ended.getCount() + " calls never ended");
		}
	}

	private void call(LlmProvider provider, Random random, CountDownLatch ended) {
		Flux<LlmEvent> answer = provider.exchange(LlmRequest.of("hi")).doFinally((signal) -> ended.countDown());
		switch (random.nextInt(6)) {
			case 0 -> answer.subscribe((event) -> {
			}, (ex) -> {
			}).dispose();
			case 1 -> {
				Disposable subscription = answer.subscribe((event) -> {
				}, (ex) -> {
				});
				Mono.delay(Duration.ofNanos(random.nextInt(2_000_000))).subscribe((tick) -> subscription.dispose());
			}
			case 2 -> answer.take(1).subscribe((event) -> {
			}, (ex) -> {
			});
			default -> answer.onErrorComplete().blockLast();
		}
	}

}
