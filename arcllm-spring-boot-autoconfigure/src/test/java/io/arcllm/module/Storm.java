package io.arcllm.module;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntUnaryOperator;

import io.arcllm.ErrorKind;
import io.arcllm.LlmEvent;
import io.arcllm.LlmException;
import io.arcllm.LlmProvider;
import io.arcllm.LlmRequest;
import io.arcllm.LlmResponse;
import io.arcllm.Message;
import io.arcllm.Usage;
import org.junit.jupiter.api.Named;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * 10,000 calls from 200 threads that succeed, fail, dawdle and go away at random, and the
 * provider they end at.
 */
public final class Storm implements LlmProvider {

	public static final int CALLS = 10_000;

	/** An answer at once. */
	public static final int CALM = 0;

	/** A failure at once. */
	public static final int FAILURE = 1;

	/** What each of them asks: it is expected to use the same tokens every time. */
	public static final LlmRequest REQUEST = LlmRequest.builder().messages(Message.user("hi")).maxTokens(1).build();

	/** What each answer uses. */
	public static final Usage USAGE = Usage.of(5, 2);

	private static final int THREADS = 200;

	private static final int TOKENS = Objects.requireNonNull(USAGE.totalTokens());

	private static final int PATIENT = 5;

	public final AtomicInteger running = new AtomicInteger();

	public final AtomicInteger mostRunning = new AtomicInteger();

	public final AtomicInteger asked = new AtomicInteger();

	public final AtomicInteger tokens = new AtomicInteger();

	private final Random random = new Random(42);

	private final IntUnaryOperator weather;

	/**
	 * A provider that does all that providers do.
	 */
	public Storm() {
		this((kind) -> kind);
	}

	/**
	 * @param weather what happens instead of what would happen by chance
	 */
	public Storm(IntUnaryOperator weather) {
		this.weather = weather;
	}

	/**
	 * The threads that this JVM has: those of the system, and virtual ones.
	 */
	public static List<Named<ThreadFactory>> threads() {
		List<Named<ThreadFactory>> threads = new ArrayList<>(List.of(Named.of("platform threads", Thread::new)));
		try {
			Object builder = Thread.class.getMethod("ofVirtual").invoke(null);
			Class<?> type = Class.forName("java.lang.Thread$Builder");
			threads.add(Named.of("virtual threads", (ThreadFactory) type.getMethod("factory").invoke(builder)));
		}
		catch (ReflectiveOperationException ex) {
			// before Java 21
		}
		return threads;
	}

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
			return behave(this.weather.applyAsInt(this.random.nextInt(6))).doOnNext((event) -> {
				if (event.answer() != null) {
					this.tokens.addAndGet(TOKENS);
					end.run();
				}
			}).doOnError((ex) -> end.run()).doOnCancel(end);
		});
	}

	private Flux<LlmEvent> behave(int kind) {
		Flux<LlmEvent> answer = Flux.just(new LlmEvent.Completed(LlmResponse.of("hi").withText("hi", USAGE)));
		Flux<LlmEvent> failure = Flux.error(() -> LlmException.of(ErrorKind.SERVER_ERROR, "500").build());
		Flux<LlmEvent> word = Flux.just(new LlmEvent.TextDelta("hi"));
		Duration moment = Duration.ofMillis(1);
		return switch (kind) {
			case CALM -> answer;
			case FAILURE -> failure;
			case 2 -> answer.delaySubscription(moment);
			case 3 -> failure.delaySubscription(moment);
			case 4 -> Flux.concat(word, answer.delaySubscription(moment));
			default -> Flux.concat(word, failure.delaySubscription(moment));
		};
	}

	/**
	 * Calls, half of which may go away early, and waits until all have ended.
	 */
	public void rage(LlmProvider provider) throws InterruptedException {
		List<Named<ThreadFactory>> threads = threads();
		rage(provider, threads.get(threads.size() - 1).getPayload(), false);
	}

	/**
	 * Calls, and waits until all have ended.
	 * @param threads makes those that call
	 * @param patient whether all wait for the end of their calls
	 */
	public void rage(LlmProvider provider, ThreadFactory threads, boolean patient) throws InterruptedException {
		CountDownLatch ended = new CountDownLatch(CALLS);
		List<Thread> all = new ArrayList<>();
		for (int i = 0; i < THREADS; i++) {
			Random random = new Random(i);
			all.add(threads.newThread(() -> {
				for (int call = 0; call < CALLS / THREADS; call++) {
					call(provider, patient ? PATIENT : random.nextInt(6), random, ended);
				}
			}));
		}
		all.forEach(Thread::start);
		for (Thread thread : all) {
			thread.join();
		}
		if (!ended.await(50, TimeUnit.SECONDS)) {
			throw new AssertionError(ended.getCount() + " calls never ended");
		}
	}

	private static void call(LlmProvider provider, int manner, Random random, CountDownLatch ended) {
		Flux<LlmEvent> answer = provider.exchange(REQUEST).doFinally((signal) -> ended.countDown());
		switch (manner) {
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
