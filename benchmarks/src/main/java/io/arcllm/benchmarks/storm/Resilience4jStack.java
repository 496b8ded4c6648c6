package io.arcllm.benchmarks.storm;

import io.arcllm.benchmarks.calls.PlainWebClient;
import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.core.IntervalFunction;
import io.github.resilience4j.reactor.circuitbreaker.operator.CircuitBreakerOperator;
import io.github.resilience4j.reactor.retry.RetryOperator;
import io.github.resilience4j.reactor.timelimiter.TimeLimiterOperator;
import io.github.resilience4j.retry.Retry;
import io.github.resilience4j.retry.RetryConfig;
import io.github.resilience4j.timelimiter.TimeLimiter;
import reactor.core.publisher.Mono;

/**
 * What a careful developer wires by hand: a time limit, a breaker and retries around
 * WebClient, in the order that Resilience4j recommends, and a second vendor behind them.
 */
final class Resilience4jStack {

	private final PlainWebClient primary;

	private final PlainWebClient second;

	private final TimeLimiter limit = TimeLimiter.of(FaultStorm.ATTEMPT);

	private final CircuitBreaker breaker = CircuitBreaker.of("primary",
			CircuitBreakerConfig.custom()
				.slidingWindowSize(20)
				.minimumNumberOfCalls(5)
				.failureRateThreshold(50)
				.waitDurationInOpenState(FaultStorm.OPEN)
				.permittedNumberOfCallsInHalfOpenState(2)
				.build());

	private final Retry retry = Retry.of("primary",
			RetryConfig.custom()
				.maxAttempts(4)
				.intervalFunction(IntervalFunction.ofExponentialRandomBackoff(FaultStorm.BACKOFF, 2))
				.ignoreExceptions(CallNotPermittedException.class)
				.build());

	Resilience4jStack(String primary, String second, int connections) {
		this.primary = new PlainWebClient(primary, connections);
		this.second = new PlainWebClient(second, connections);
	}

	Mono<Integer> ask() {
		return this.primary.whole()
			.transformDeferred(TimeLimiterOperator.of(this.limit))
			.transformDeferred(CircuitBreakerOperator.of(this.breaker))
			.transformDeferred(RetryOperator.of(this.retry))
			.onErrorResume((failure) -> this.second.whole().transformDeferred(TimeLimiterOperator.of(this.limit)));
	}

}
