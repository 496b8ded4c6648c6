package io.arcllm.module.attempt;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.arcllm.Attempt;
import io.arcllm.CallOptions;
import io.arcllm.ErrorKind;
import io.arcllm.LlmException;
import io.arcllm.LlmProvider;
import io.arcllm.LlmRequest;
import io.arcllm.LlmResponse;
import io.arcllm.Target;
import io.arcllm.TimeoutStage;
import io.arcllm.WholeAndStreamed;
import io.arcllm.module.CallModule;
import io.arcllm.module.AttemptLimits;
import io.arcllm.module.Scope;
import org.junit.jupiter.api.BeforeEach;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * A provider made of a function that blocks for ever: every patience reaches it.
 */
@org.junit.jupiter.api.Timeout(20)
class BlockingFunctionTests {

	private static final Duration SOON = Duration.ofMillis(500);

	private static final Duration LATE = Duration.ofSeconds(60);

	private final CountDownLatch asked = new CountDownLatch(1);

	private final CountDownLatch interrupted = new CountDownLatch(1);

	private final LlmProvider blocking = LlmProvider.of("mine", (request) -> {
		this.asked.countDown();
		try {
			new CountDownLatch(1).await(10, TimeUnit.SECONDS);
		}
		catch (InterruptedException ex) {
			this.interrupted.countDown();
		}
		return LlmResponse.of("late");
	});

	/** The function must have begun before the patience ends. */
	@BeforeEach
	void threadsAreReady() {
		LlmProvider.of("first", (request) -> LlmResponse.of("hi")).invoke("hi");
	}

	private LlmException fail(Duration deadline, AttemptLimits limits, boolean streaming) throws InterruptedException {
		LlmProvider guarded = new ContractModule(this.blocking, new Target("mine", "m"));
		LlmProvider patient = (request) -> guarded.exchange(request)
			.contextWrite((context) -> Scope.of(context).within(limits).into(context));
		LlmProvider stack = new CallModule(new CallModule.Limits(deadline, 10), CallOptions.NONE, (options) -> patient);
		LlmRequest request = LlmRequest.of("hi").withStreaming(streaming);
		LlmException failure = catchThrowableOfType(LlmException.class, () -> stack.invokeAsync(request).block());
		assertThat(this.asked.getCount()).isZero();
		assertThat(this.interrupted.await(5, TimeUnit.SECONDS)).as("interrupted").isTrue();
		return failure;
	}

	@WholeAndStreamed
	void attemptEndsTheWaitAndInterruptsTheFunction(boolean streaming) throws InterruptedException {
		AttemptLimits limits = streaming ? new AttemptLimits(LATE, SOON, LATE) : new AttemptLimits(SOON, LATE, LATE);
		LlmException failure = fail(LATE, limits, streaming);
		assertThat(failure.kind()).isEqualTo(ErrorKind.TIMEOUT);
		assertThat(failure.stage()).isEqualTo(streaming ? TimeoutStage.FIRST_TOKEN : TimeoutStage.ATTEMPT);
		assertThat(failure.trail().attempts()).singleElement().satisfies((attempt) -> {
			assertThat(attempt.outcome()).isEqualTo(Attempt.Outcome.FAILED);
			assertThat(attempt.duration()).isBetween(SOON, Duration.ofSeconds(5));
		});
	}

	@WholeAndStreamed
	void deadlineEndsTheWaitAndInterruptsTheFunction(boolean streaming) throws InterruptedException {
		long begun = System.nanoTime();
		LlmException failure = fail(SOON, new AttemptLimits(LATE, LATE, LATE), streaming);
		assertThat(Duration.ofNanos(System.nanoTime() - begun)).isBetween(SOON, Duration.ofSeconds(5));
		assertThat(failure.kind()).isEqualTo(ErrorKind.DEADLINE_EXCEEDED);
		assertThat(failure.trail().attempts()).singleElement()
			.satisfies((attempt) -> assertThat(attempt.outcome()).isEqualTo(Attempt.Outcome.FAILED));
	}

}
