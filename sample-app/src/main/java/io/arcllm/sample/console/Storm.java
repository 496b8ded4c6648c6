package io.arcllm.sample.console;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

import io.arcllm.LlmProvider;
import io.arcllm.LlmRequest;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * Two bursts of the same calls at the same time: one without any module, one through the
 * stack. Cancelling it cancels every call.
 *
 * @param plain without the stack
 * @param stack with it
 * @param plan how many calls
 */
record Storm(LlmProvider plain, LlmProvider stack, StormPlan plan) {

	private static final Duration SECOND = Duration.ofSeconds(1);

	private static final Duration LONGEST_CALL = Duration.ofSeconds(10);

	/** Calls of a kind that may wait at once; more are not made and count as failed. */
	private static final int MOST_ACTIVE = 1000;

	private static final LlmRequest QUESTION = LlmRequest.builder()
		.messages(LlmRequest.of("How are you in a storm?").messages())
		.maxTokens(20)
		.callOptions((options) -> options.deadline(LONGEST_CALL))
		.build();

	/**
	 * What happened in one second.
	 *
	 * @param second its number, from 1
	 * @param plain without the stack
	 * @param stack with it
	 * @param lateMs how late the machine was, in milliseconds; a slow machine is no
	 * failure of either kind
	 */
	record Second(int second, Tally.Second plain, Tally.Second stack, long lateMs) {
	}

	/** One element a second until every call has ended. */
	Flux<Second> seconds() {
		return Flux.defer(() -> {
			Tally plain = new Tally();
			Tally stack = new Tally();
			long start = now();
			Mono<Void> calls = Mono.when(burst(this.plain, plain), burst(this.stack, stack))
				.take(Duration.ofSeconds(this.plan.seconds()).plus(LONGEST_CALL));
			return Flux.interval(SECOND)
				.onBackpressureDrop()
				.takeUntilOther(calls)
				.concatWithValues(0L)
				.index((index, tick) -> new Second((int) (index + 1), plain.next(), stack.next(),
						Math.max(0, now() - start - (index + 1) * SECOND.toMillis())));
		});
	}

	private static long now() {
		return Schedulers.parallel().now(TimeUnit.MILLISECONDS);
	}

	private Mono<Void> burst(LlmProvider provider, Tally tally) {
		return Flux.interval(Duration.ZERO, SECOND.dividedBy(this.plan.perSecond()))
			.take(this.plan.calls())
			.onBackpressureDrop((tick) -> tally.failed())
			.flatMap((tick) -> one(provider, tally), MOST_ACTIVE)
			.then();
	}

	private static Mono<Void> one(LlmProvider provider, Tally tally) {
		return Mono.using(() -> {
			tally.began();
			return System.nanoTime();
		}, (start) -> provider.invokeAsync(QUESTION)
			.doOnNext((answer) -> tally.answered(System.nanoTime() - start))
			.doOnError((failure) -> tally.failed())
			.onErrorComplete()
			.then(), (start) -> tally.left());
	}

}
