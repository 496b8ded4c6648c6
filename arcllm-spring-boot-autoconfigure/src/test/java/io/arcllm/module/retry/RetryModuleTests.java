package io.arcllm.module.retry;

import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;

import io.arcllm.ErrorKind;
import io.arcllm.LlmConfigException;
import io.arcllm.LlmEvent;
import io.arcllm.LlmException;
import io.arcllm.LlmProvider;
import io.arcllm.LlmRequest;
import io.arcllm.LlmResponse;
import io.arcllm.WholeAndStreamed;
import io.arcllm.module.Call;
import io.arcllm.module.Outcome;
import io.arcllm.module.Script;
import io.arcllm.module.TestSettings;
import io.arcllm.module.VirtualTime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Flux;

import org.springframework.retry.RetryContext;
import org.springframework.retry.RetryPolicy;
import org.springframework.retry.backoff.BackOffContext;
import org.springframework.retry.backoff.BackOffPolicy;
import org.springframework.retry.backoff.ExponentialRandomBackOffPolicy;
import org.springframework.retry.backoff.FixedBackOffPolicy;
import org.springframework.retry.backoff.NoBackOffPolicy;
import org.springframework.retry.backoff.StatelessBackOffPolicy;
import org.springframework.retry.policy.SimpleRetryPolicy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class RetryModuleTests {

	private static final RetrySettings.Budget ENOUGH = new RetrySettings.Budget(1, 1_000_000);

	private static final Set<ErrorKind> ON = EnumSet.of(ErrorKind.RATE_LIMITED, ErrorKind.OVERLOADED,
			ErrorKind.SERVER_ERROR, ErrorKind.NETWORK, ErrorKind.TIMEOUT, ErrorKind.PROTOCOL, ErrorKind.THROTTLED,
			ErrorKind.BULKHEAD_FULL);

	private static final Set<Integer> CODES = Set.of(408, 425, 429, 500, 502, 503, 504, 529);

	@RegisterExtension
	final VirtualTime time = new VirtualTime();

	private static RetrySettings settings(int retries, RetrySettings.Strategy strategy, boolean jitter) {
		return TestSettings.of(RetrySettings.class, "max-retries", retries, "strategy", strategy, "jitter", jitter,
				"retryable-status-codes", CODES, "on", ON, "budget", ENOUGH);
	}

	private static LlmProvider stack(Script script, RetrySettings settings) {
		return new RetryModule(script.guarded(),
				new RetryEngine(settings, new RetryBudget(settings.budget(), System::nanoTime)));
	}

	private static LlmProvider stack(Script script) {
		return stack(script, settings(3, RetrySettings.Strategy.EXPONENTIAL, true));
	}

	private static LlmRequest request(boolean streaming) {
		return LlmRequest.of("hi").withStreaming(streaming);
	}

	private Outcome ask(LlmProvider stack, boolean streaming) {
		return ask(stack, streaming, new Call(Duration.ofMinutes(30), 100));
	}

	private Outcome ask(LlmProvider stack, boolean streaming, Call call) {
		Outcome outcome = Outcome.of(stack.exchange(request(streaming)), call);
		this.time.passes(Duration.ofMinutes(31));
		return outcome;
	}

	@WholeAndStreamed
	void firstSuccessIsNotRepeated(boolean streaming) {
		Script script = new Script("a", Script.says("hi"));
		assertThat(ask(stack(script), streaming).answer()).extracting(LlmResponse::text).isEqualTo("hi");
		assertThat(script.asked()).isOne();
	}

	@WholeAndStreamed
	void exhaustionTakesOneAttemptMoreThanRetriesAndKeepsTheType(boolean streaming) {
		class MyException extends LlmException {

			MyException() {
				super(LlmException.of(ErrorKind.OVERLOADED, "").details(), "mine", null);
			}

		}
		for (int retries = 0; retries < 4; retries++) {
			Script script = new Script("a", Flux.error(MyException::new));
			Outcome outcome = ask(stack(script, settings(retries, RetrySettings.Strategy.EXPONENTIAL, true)),
					streaming);
			assertThat(outcome.failure()).isInstanceOf(MyException.class).hasNoSuppressedExceptions();
			assertThat(script.asked()).isEqualTo(retries + 1);
		}
	}

	@ParameterizedTest
	@EnumSource(ErrorKind.class)
	void kindDecidesWhetherToAskAgain(ErrorKind kind) {
		for (boolean streaming : new boolean[] { false, true }) {
			Script script = new Script("a", Script.fails(kind), Script.says("hi"));
			Outcome outcome = ask(stack(script), streaming);
			boolean again = kind.isRetryable() || kind == ErrorKind.INTERRUPTED;
			assertThat(script.asked()).isEqualTo(again ? 2 : 1);
			assertThat(outcome.kind()).isEqualTo(again ? null : kind);
		}
	}

	@ParameterizedTest
	@CsvSource({ "429, RATE_LIMITED, true", "500, SERVER_ERROR, true", "529, OVERLOADED, true",
			"429, QUOTA_EXHAUSTED, false", "429, CONTEXT_WINDOW, false", "501, SERVER_ERROR, false",
			"400, INVALID_REQUEST, false", "401, AUTHENTICATION, false", "403, PERMISSION, false",
			"500, INVALID_REQUEST, false", "503, MODEL_NOT_FOUND, false", "429, PERMISSION, false",
			"500, AUTHENTICATION, false" })
	void statusAndKindDecideTogether(int status, ErrorKind kind, boolean again) {
		for (boolean streaming : new boolean[] { false, true }) {
			Script script = new Script("a", Script.fails(kind, status, null), Script.says("hi"));
			ask(stack(script), streaming);
			assertThat(script.asked()).isEqualTo(again ? 2 : 1);
		}
	}

	@WholeAndStreamed
	void ownStatusCodesReplaceTheUsualOnes(boolean streaming) {
		RetrySettings settings = TestSettings.of(RetrySettings.class, "max-retries", 1, "strategy",
				RetrySettings.Strategy.FIXED, "backoff-base", "0s", "max-wait", "0s", "jitter", false,
				"retryable-status-codes", Set.of(418), "on", ON, "budget", ENOUGH);
		Script teapot = new Script("a", Script.fails(ErrorKind.INVALID_REQUEST, 418, null), Script.says("hi"));
		ask(stack(teapot, settings), streaming);
		assertThat(teapot.asked()).isEqualTo(2);
		Script overloaded = new Script("a", Script.fails(ErrorKind.OVERLOADED, 529, null), Script.says("hi"));
		ask(stack(overloaded, settings), streaming);
		assertThat(overloaded.asked()).isOne();
	}

	@WholeAndStreamed
	void vendorThatSaysNotToRetryIsNotAskedAgain(boolean streaming) {
		Script script = new Script("a", Flux.error(
				() -> LlmException.of(ErrorKind.SERVER_ERROR, "x-should-retry").status(500).retryable(false).build()),
				Script.says("hi"));
		ask(stack(script), streaming);
		assertThat(script.asked()).isOne();
	}

	@ParameterizedTest
	@CsvSource({ "EXPONENTIAL, 1, 2, 4, 8, 16, 32, 60, 60", "LINEAR, 1, 2, 3, 4, 5, 6, 7, 8",
			"FIXED, 1, 1, 1, 1, 1, 1, 1, 1" })
	void waitsGrowByTheStrategyUpToTheCap(RetrySettings.Strategy strategy, int a, int b, int c, int d, int e, int f,
			int g, int h) {
		int[] waits = { a, b, c, d, e, f, g, h };
		for (boolean streaming : new boolean[] { false, true }) {
			Script script = new Script("a", Script.fails(ErrorKind.NETWORK));
			ask(stack(script, settings(8, strategy, false)), streaming);
			for (int i = 0; i < waits.length; i++) {
				assertThat(script.gapAfter(i)).isEqualTo(Duration.ofSeconds(waits[i]));
			}
		}
	}

	@WholeAndStreamed
	void jitterKeepsWaitsBetweenOnceAndTwiceAndUnderTheCap(boolean streaming) {
		for (int round = 0; round < 50; round++) {
			Script script = new Script("a", Script.fails(ErrorKind.NETWORK));
			ask(stack(script, settings(7, RetrySettings.Strategy.EXPONENTIAL, true)), streaming);
			for (int n = 0; n < 7; n++) {
				Duration base = Duration.ofSeconds(1L << n);
				Duration most = Duration.ofSeconds(Math.min(2L << n, 60));
				assertThat(script.gapAfter(n)).isBetween((base.compareTo(most) < 0) ? base : most, most);
			}
		}
	}

	@ParameterizedTest
	@CsvSource({ "PT0.5S", "PT2S", "PT48.939935699S", "PT60S" })
	void waitOfTheVendorIsKeptAndAtMostATenthLonger(Duration asked) {
		for (int round = 0; round < 50; round++) {
			Script script = new Script("a", Script.fails(ErrorKind.RATE_LIMITED, 429, asked), Script.says("hi"));
			ask(stack(script), round % 2 == 0);
			assertThat(script.gapAfter(0)).isBetween(asked, asked.multipliedBy(11).dividedBy(10).plusMillis(1));
		}
	}

	@Test
	void waitOfTheVendorIsNeverCutToWholeMilliseconds() {
		AtomicLong slept = new AtomicLong();
		LlmBackOffPolicy policy = new LlmBackOffPolicy(settings(3, RetrySettings.Strategy.FIXED, false), () -> 0,
				slept::set);
		var context = new LlmRetryPolicy(settings(3, RetrySettings.Strategy.FIXED, false)).open(null);
		((org.springframework.retry.context.RetryContextSupport) context).registerThrowable(
				LlmException.of(ErrorKind.RATE_LIMITED, "").retryAfter(Duration.ofNanos(1_500_001)).build());
		policy.backOff(policy.start(context));
		assertThat(slept).hasValue(2);
	}

	@WholeAndStreamed
	void vendorThatAsksForTooLongFailsAtOnceWithItsTrueWait(boolean streaming) {
		Script script = new Script("a", Script.fails(ErrorKind.RATE_LIMITED, 429, Duration.ofSeconds(61)));
		Outcome outcome = Outcome.of(stack(script).exchange(request(streaming)));
		assertThat(outcome.failure().retryAfter()).isEqualTo(Duration.ofSeconds(61));
		assertThat(script.asked()).isOne();
	}

	@WholeAndStreamed
	void waitBeyondTheDeadlineFailsAtOnceWithItsTrueWait(boolean streaming) {
		Script script = new Script("a", Script.fails(ErrorKind.RATE_LIMITED, 429, Duration.ofSeconds(20)));
		Outcome outcome = Outcome.of(stack(script).exchange(request(streaming)), new Call(Duration.ofSeconds(10), 10));
		assertThat(outcome.failure().retryAfter()).isEqualTo(Duration.ofSeconds(20));
		assertThat(script.asked()).isOne();
	}

	@WholeAndStreamed
	void waitOfTheVendorCountsForNothingWhereItIsNotRespected(boolean streaming) {
		RetrySettings settings = TestSettings.of(RetrySettings.class, "strategy", RetrySettings.Strategy.FIXED,
				"jitter", false, "retryable-status-codes", CODES, "on", ON, "respect-retry-after", false, "budget",
				ENOUGH);
		Script script = new Script("a", Script.fails(ErrorKind.RATE_LIMITED, 429, Duration.ofHours(1)),
				Script.says("hi"));
		assertThat(ask(stack(script, settings), streaming).kind()).isNull();
		assertThat(script.gapAfter(0)).isEqualTo(Duration.ofSeconds(1));
	}

	@WholeAndStreamed
	void streamIsNotRetriedAfterFirstDelta(boolean streaming) {
		Script script = new Script("a", Script.breaksAfter("Hel"), Script.says("Hello"));
		Outcome outcome = ask(stack(script), streaming);
		assertThat(outcome.failure().kind()).isEqualTo(ErrorKind.INTERRUPTED);
		assertThat(outcome.events()).hasSize(1);
		assertThat(script.asked()).isOne();
	}

	@WholeAndStreamed
	void ownPolicyNeverRepeatsDeliveredWords(boolean streaming) {
		Script script = new Script("a", Script.breaksAfter("Hel"), Script.says("Hello"));
		LlmProvider stack = new RetryModule(script.guarded(), new RetryEngine(new SimpleRetryPolicy(5),
				new NoBackOffPolicy(), new RetryBudget(ENOUGH, System::nanoTime)));
		assertThat(ask(stack, streaming).kind()).isEqualTo(ErrorKind.INTERRUPTED);
		assertThat(script.asked()).isOne();
	}

	/**
	 * A bug in the application's policy takes its retries, and not the vendor's error.
	 */
	@WholeAndStreamed
	void ownPolicyThatThrowsChangesNoError(boolean streaming) {
		for (String where : List.of("open", "canRetry", "start")) {
			Script script = new Script("a", Script.fails(ErrorKind.OVERLOADED));
			RetryPolicy policy = new SimpleRetryPolicy(5) {

				@Override
				public RetryContext open(RetryContext parent) {
					throwAt("open", where);
					return super.open(parent);
				}

				@Override
				public boolean canRetry(RetryContext context) {
					throwAt("canRetry", where);
					return super.canRetry(context);
				}

			};
			BackOffPolicy backOff = new NoBackOffPolicy() {

				@Override
				public BackOffContext start(RetryContext context) {
					throwAt("start", where);
					return super.start(context);
				}

			};
			LlmProvider stack = new RetryModule(script.guarded(),
					new RetryEngine(policy, backOff, new RetryBudget(ENOUGH, System::nanoTime)));
			assertThat(ask(stack, streaming).kind()).isEqualTo(ErrorKind.OVERLOADED);
			assertThat(script.asked()).isOne();
		}
	}

	private static void throwAt(String here, String where) {
		if (here.equals(where)) {
			throw new IllegalStateException("a bug in the application's policy");
		}
	}

	@WholeAndStreamed
	void attemptsOfTheCallCapTheRetries(boolean streaming) {
		Script script = new Script("a", Script.fails(ErrorKind.NETWORK));
		Outcome outcome = ask(stack(script, settings(50, RetrySettings.Strategy.FIXED, false)), streaming,
				new Call(Duration.ofHours(1), 10));
		assertThat(outcome.kind()).isEqualTo(ErrorKind.NETWORK);
		assertThat(script.asked()).isEqualTo(10);
	}

	@WholeAndStreamed
	void nestedRetriesAreCappedTogether(boolean streaming) {
		Script script = new Script("a", Script.fails(ErrorKind.NETWORK));
		UnaryOperator<LlmProvider> retry = (inner) -> new RetryModule(inner, new RetryEngine(
				settings(3, RetrySettings.Strategy.FIXED, false), new RetryBudget(ENOUGH, System::nanoTime)));
		ask(retry.apply(retry.apply(script.guarded())), streaming, new Call(Duration.ofHours(1), 10));
		assertThat(script.asked()).isEqualTo(10);
	}

	@WholeAndStreamed
	void cancelWhileWaitingEndsTheCall(boolean streaming) {
		Script script = new Script("a", Script.fails(ErrorKind.NETWORK), Script.says("hi"));
		Outcome outcome = Outcome.of(stack(script).exchange(request(streaming)));
		outcome.cancel();
		this.time.seconds(100);
		assertThat(script.asked()).isOne();
	}

	@WholeAndStreamed
	void waitsAreShownInTheTrail(boolean streaming) {
		Call call = new Call(Duration.ofHours(1), 10);
		Script script = new Script("a", Script.fails(ErrorKind.NETWORK), Script.says("hi"));
		ask(stack(script, settings(3, RetrySettings.Strategy.FIXED, false)), streaming, call);
		assertThat(call.trail().attempts()).extracting((one) -> one.waited().toSeconds()).containsExactly(0L, 1L);
	}

	@WholeAndStreamed
	void stormSpendsNoMoreThanItsBudget(boolean streaming) {
		RetryBudget budget = new RetryBudget(new RetrySettings.Budget(0.2, 10), () -> 1_000_000_000_000L);
		RetrySettings settings = settings(3, RetrySettings.Strategy.FIXED, false);
		Script script = new Script("a", Script.fails(ErrorKind.OVERLOADED));
		LlmProvider stack = new RetryModule(script.guarded(), new RetryEngine(settings, budget));
		int failed = 0;
		for (int i = 0; i < 1000; i++) {
			failed += (ask(stack, streaming).kind() == ErrorKind.OVERLOADED) ? 1 : 0;
		}
		assertThat(failed).isEqualTo(1000);
		assertThat(script.asked()).isBetween(1190, 1210);
	}

	@WholeAndStreamed
	void ownSpringRetryPoliciesDecide(boolean streaming) {
		FixedBackOffPolicy backOff = new FixedBackOffPolicy();
		backOff.setBackOffPeriod(7000);
		Script script = new Script("a", Script.fails(ErrorKind.AUTHENTICATION));
		LlmProvider stack = new RetryModule(script.guarded(),
				new RetryEngine(new SimpleRetryPolicy(3), backOff, new RetryBudget(ENOUGH, System::nanoTime)));
		assertThat(ask(stack, streaming).kind()).isEqualTo(ErrorKind.AUTHENTICATION);
		assertThat(script.asked()).isEqualTo(3);
		assertThat(script.gapAfter(1)).isEqualTo(Duration.ofSeconds(7));
	}

	@WholeAndStreamed
	void tooLongAWaitOfTheVendorIsNotCutShortByAnOwnRetryPolicy(boolean streaming) {
		Script script = new Script("a", Script.fails(ErrorKind.RATE_LIMITED, 429, Duration.ofSeconds(61)));
		RetrySettings settings = settings(3, RetrySettings.Strategy.FIXED, false);
		LlmProvider stack = new RetryModule(script.guarded(), new RetryEngine(new SimpleRetryPolicy(3),
				new LlmBackOffPolicy(settings), new RetryBudget(ENOUGH, System::nanoTime)));
		assertThat(ask(stack, streaming).failure().retryAfter()).isEqualTo(Duration.ofSeconds(61));
		assertThat(script.asked()).isOne();
	}

	@Test
	void backOffPolicyThatWouldBlockIsRefused() {
		BackOffPolicy blocking = new StatelessBackOffPolicy() {

			@Override
			protected void doBackOff() {
			}

		};
		assertThatExceptionOfType(LlmConfigException.class).isThrownBy(
				() -> new RetryEngine(new SimpleRetryPolicy(3), blocking, new RetryBudget(ENOUGH, System::nanoTime)))
			.withMessageContaining("would block");
	}

	@Test
	void twentyThousandConcurrentCallsMakeExactlyFourAttemptsEach() throws InterruptedException {
		reactor.test.scheduler.VirtualTimeScheduler.reset();
		AtomicInteger asked = new AtomicInteger();
		LlmProvider failing = (request) -> Flux.<LlmEvent>error(() -> {
			asked.incrementAndGet();
			return LlmException.of(ErrorKind.OVERLOADED, "busy").build();
		});
		ExponentialRandomBackOffPolicy backOff = new ExponentialRandomBackOffPolicy();
		backOff.setInitialInterval(1);
		backOff.setMaxInterval(3);
		LlmProvider stack = new RetryModule(failing,
				new RetryEngine(new SimpleRetryPolicy(4), backOff, new RetryBudget(ENOUGH, System::nanoTime)));
		CountDownLatch ended = new CountDownLatch(20_000);
		Flux.range(0, 20_000)
			.flatMap((i) -> stack.exchange(request(i % 2 == 0))
				.then()
				.onErrorComplete()
				.doFinally((s) -> ended.countDown()), 20_000)
			.subscribe();
		assertThat(ended.await(40, TimeUnit.SECONDS)).isTrue();
		assertThat(asked).hasValue(80_000);
	}

}
