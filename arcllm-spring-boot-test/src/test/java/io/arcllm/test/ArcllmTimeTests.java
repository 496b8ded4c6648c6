package io.arcllm.test;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

import io.arcllm.CallOptions;
import io.arcllm.CallerContext;
import io.arcllm.LlmRequest;
import io.arcllm.RequestMetadata;
import io.arcllm.autoconfigure.stack.ShutdownLifecycle;
import io.arcllm.module.CallListener;
import io.arcllm.module.CallModule;
import io.arcllm.module.ModuleClock;
import io.arcllm.module.Shutdown;
import io.arcllm.module.retry.RetryBudget;
import io.arcllm.module.retry.RetrySettings;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What goes by the time that a test moves.
 */
class ArcllmTimeTests {

	private final ArcllmTime time = ArcllmTime.install();

	@AfterEach
	void close() {
		this.time.close();
	}

	@Test
	void retryBudgetIsFullAgainAfterASecond() {
		RetryBudget budget = new RetryBudget(new RetrySettings.Budget(0, 1), ModuleClock::nanos);
		assertThat(budget.tryRetry()).isTrue();
		this.time.advance(Duration.ofSeconds(1));
		assertThat(budget.tryRetry()).isTrue();
	}

	@Test
	void endOfTheApplicationInterruptsCallsWhenItsPhaseIsOver() {
		Shutdown shutdown = new Shutdown();
		AtomicInteger interrupted = new AtomicInteger();
		CallModule.Limits limits = new CallModule.Limits(Duration.ofMinutes(10), 3, CallListener.NONE,
				(context) -> RequestMetadata.EMPTY, shutdown, CallerContext.Capture.NOTHING);
		new CallModule(limits, CallOptions.NONE, (options) -> (request) -> Flux.never()).exchange(LlmRequest.of("Hi"))
			.subscribe((event) -> {
			}, (failure) -> interrupted.incrementAndGet());
		AtomicInteger stopped = new AtomicInteger();
		new ShutdownLifecycle(shutdown, Duration.ofSeconds(30)).stop(stopped::incrementAndGet);
		assertThat(stopped).hasValue(0);
		this.time.advance(Duration.ofSeconds(30));
		assertThat(interrupted).hasValue(1);
		assertThat(stopped).hasValue(1);
	}

}
