package io.arcllm.module.circuitbreaker;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import io.arcllm.Attempt;
import io.arcllm.ErrorKind;
import io.arcllm.LlmException;
import io.arcllm.LlmRequest;
import io.arcllm.Target;
import io.arcllm.module.Call;
import io.arcllm.module.Outcome;
import io.arcllm.module.Rejection;
import io.arcllm.module.TestProvider;
import io.arcllm.module.TestSettings;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.test.scheduler.VirtualTimeScheduler;

import static org.assertj.core.api.Assertions.assertThat;

class CircuitBreakerModuleTests {

	private static final Target TARGET = new Target("test", "model");

	private final TestProvider provider = new TestProvider();

	private final List<String> changes = new ArrayList<>();

	private VirtualTimeScheduler time;

	private Breaker breaker;

	private CircuitBreakerModule module;

	@BeforeEach
	void virtualTime() {
		this.time = VirtualTimeScheduler.getOrSet();
		use(settings(CircuitBreakerSettings.Window.COUNT, 20, 3));
	}

	@AfterEach
	void realTime() {
		VirtualTimeScheduler.reset();
	}

	private static CircuitBreakerSettings settings(CircuitBreakerSettings.Window window, int size, int consecutive) {
		return TestSettings.of(CircuitBreakerSettings.class, "window", window, "window-size", size,
				"consecutive-failures", consecutive, "endpoint", false);
	}

	private void use(CircuitBreakerSettings settings) {
		this.breaker = new Breaker(TARGET, settings,
				(target, from, to, openFor) -> this.changes.add(from + ">" + to + ((openFor == null) ? "" : openFor)),
				(config) -> {
				});
		this.module = new CircuitBreakerModule(this.provider, this.breaker);
	}

	private Outcome call() {
		return call(LlmRequest.of("hi"));
	}

	private Outcome call(LlmRequest request) {
		return Outcome.of(this.module.exchange(request));
	}

	private void succeed() {
		call();
		this.provider.answer(this.provider.asked() - 1);
	}

	private void fail(ErrorKind kind) {
		fail(LlmException.of(kind, kind.name()).build());
	}

	private void fail(LlmException failure) {
		int before = this.provider.asked();
		call();
		assertThat(this.provider.asked()).isEqualTo(before + 1);
		this.provider.fail(before, failure);
	}

	private void openIt() {
		for (int i = 0; i < 3; i++) {
			fail(ErrorKind.SERVER_ERROR);
		}
		assertThat(this.breaker.status().state()).isEqualTo(BreakerState.OPEN);
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void opensAfterThreeFailuresInARow(boolean streaming) {
		openIt();
		this.time.advanceTimeBy(Duration.ofSeconds(20));
		Call call = new Call(Duration.ofMinutes(5), 10);
		Outcome refused = Outcome.of(this.module.exchange(LlmRequest.of("hi").withStreaming(streaming)), call);
		assertThat(refused.failure()).isInstanceOf(CircuitOpenException.class).hasMessageContaining("test/model");
		assertThat(refused.kind()).isEqualTo(ErrorKind.CIRCUIT_OPEN);
		assertThat(refused.failure().retryAfter()).isEqualTo(Duration.ofSeconds(40));
		assertThat(call.trail().attempts()).singleElement()
			.returns(Attempt.Outcome.SKIPPED, Attempt::outcome)
			.returns(ErrorKind.CIRCUIT_OPEN, Attempt::error);
		assertThat(this.provider.asked()).isEqualTo(3);
		assertThat(this.changes).containsExactly("CLOSED>OPENPT1M");
	}

	@Test
	void successBetweenBreaksTheRow() {
		for (int i = 0; i < 2; i++) {
			fail(ErrorKind.SERVER_ERROR);
			fail(ErrorKind.SERVER_ERROR);
			for (int good = 0; good < 5; good++) {
				succeed();
			}
		}
		assertThat(this.breaker.status().state()).isEqualTo(BreakerState.CLOSED);
	}

	@Test
	void opensByRateWithoutARow() {
		for (int i = 0; i < 2; i++) {
			fail(ErrorKind.NETWORK);
			succeed();
		}
		assertThat(this.breaker.status().state()).isEqualTo(BreakerState.CLOSED);
		fail(ErrorKind.NETWORK);
		assertThat(this.breaker.status().state()).isEqualTo(BreakerState.OPEN);
	}

	@Test
	void timeWindowForgets() {
		use(settings(CircuitBreakerSettings.Window.TIME, 10, 0));
		for (int i = 0; i < 4; i++) {
			fail(ErrorKind.NETWORK);
		}
		this.time.advanceTimeBy(Duration.ofSeconds(11));
		fail(ErrorKind.NETWORK);
		assertThat(this.breaker.status().state()).isEqualTo(BreakerState.CLOSED);
		for (int i = 0; i < 4; i++) {
			fail(ErrorKind.NETWORK);
		}
		assertThat(this.breaker.status().state()).isEqualTo(BreakerState.OPEN);
	}

	@Test
	void opensWhenAllAreSlow() {
		for (int i = 0; i < 5; i++) {
			call();
			this.time.advanceTimeBy(Duration.ofSeconds(61));
			this.provider.answer(i);
		}
		assertThat(this.breaker.status().state()).isEqualTo(BreakerState.OPEN);
	}

	@Test
	void longerRetryAfterOfTheVendorKeepsItOpenForLonger() {
		fail(ErrorKind.OVERLOADED);
		fail(ErrorKind.OVERLOADED);
		fail(LlmException.of(ErrorKind.OVERLOADED, "503").retryAfter(Duration.ofMinutes(3)).build());
		assertThat(call().failure().retryAfter()).isEqualTo(Duration.ofMinutes(3));
		this.time.advanceTimeBy(Duration.ofSeconds(179));
		assertThat(call().kind()).isEqualTo(ErrorKind.CIRCUIT_OPEN);
		this.time.advanceTimeBy(Duration.ofSeconds(1));
		assertThat(call().isOpen()).isTrue();
	}

	@Test
	void twoProbesAndNoMoreWhenHalfOpen() {
		openIt();
		this.time.advanceTimeBy(Duration.ofSeconds(60));
		assertThat(this.breaker.rejection()).isNull();
		call();
		call();
		assertThat(this.breaker.status()).returns(BreakerState.HALF_OPEN, BreakerStatus::state)
			.returns(2, BreakerStatus::probes);
		assertThat(this.breaker.rejection()).isNotNull();
		assertThat(call().kind()).isEqualTo(ErrorKind.CIRCUIT_OPEN);
		this.provider.answer(3);
		this.provider.answer(4);
		assertThat(this.breaker.status().state()).isEqualTo(BreakerState.CLOSED);
		assertThat(this.changes).containsExactly("CLOSED>OPENPT1M", "OPEN>HALF_OPEN", "HALF_OPEN>CLOSED");
	}

	@Test
	void failedProbesOpenItAgain() {
		openIt();
		this.time.advanceTimeBy(Duration.ofSeconds(60));
		fail(ErrorKind.TIMEOUT);
		fail(ErrorKind.TIMEOUT);
		assertThat(this.breaker.status().state()).isEqualTo(BreakerState.OPEN);
		assertThat(call().failure().retryAfter()).isEqualTo(Duration.ofSeconds(60));
	}

	@Test
	void abandonedProbeGivesItsPermitBackAndDecidesNothing() {
		openIt();
		this.time.advanceTimeBy(Duration.ofSeconds(60));
		for (int i = 0; i < 10; i++) {
			Outcome probe = call();
			this.provider.say(this.provider.asked() - 1, "he");
			probe.cancel();
		}
		assertThat(this.breaker.status()).returns(BreakerState.HALF_OPEN, BreakerStatus::state)
			.returns(0, BreakerStatus::probes);
		succeed();
		succeed();
		assertThat(this.breaker.status().state()).isEqualTo(BreakerState.CLOSED);
	}

	@Test
	void askingForReadinessConsumesNoProbe() {
		openIt();
		assertThat(this.breaker.rejection()).extracting(Rejection::kind).isEqualTo(ErrorKind.CIRCUIT_OPEN);
		this.time.advanceTimeBy(Duration.ofSeconds(60));
		for (int i = 0; i < 10; i++) {
			assertThat(this.breaker.rejection()).isNull();
		}
		succeed();
		succeed();
		assertThat(this.breaker.status().state()).isEqualTo(BreakerState.CLOSED);
	}

	@Test
	void lateAnswersOfAnEarlierStateDecideNothing() {
		List<Outcome> late = new ArrayList<>();
		for (int i = 0; i < 5; i++) {
			late.add(call());
		}
		for (int i = 0; i < 3; i++) {
			fail(ErrorKind.SERVER_ERROR);
		}
		this.time.advanceTimeBy(Duration.ofSeconds(60));
		call();
		call();
		late.get(0).cancel();
		late.get(1).cancel();
		this.provider.fail(2, LlmException.of(ErrorKind.NETWORK, "reset").build());
		this.provider.answer(3);
		this.provider.answer(4);
		assertThat(this.breaker.status()).returns(BreakerState.HALF_OPEN, BreakerStatus::state)
			.returns(2, BreakerStatus::probes);
		assertThat(call().kind()).isEqualTo(ErrorKind.CIRCUIT_OPEN);
	}

	@ParameterizedTest
	@EnumSource(value = ErrorKind.class, names = { "INVALID_REQUEST", "AUTHENTICATION", "PERMISSION", "CONTEXT_WINDOW",
			"CONTENT_POLICY", "THROTTLED", "BULKHEAD_FULL", "CANCELLED", "DEADLINE_EXCEEDED", "RATE_LIMITED" })
	void errorsOfTheCallerNeitherOpenNorClose(ErrorKind kind) {
		for (int i = 0; i < 30; i++) {
			fail(kind);
		}
		assertThat(this.breaker.status()).returns(BreakerState.CLOSED, BreakerStatus::state)
			.returns(0, BreakerStatus::calls);
		openIt();
		this.time.advanceTimeBy(Duration.ofSeconds(60));
		for (int i = 0; i < 10; i++) {
			fail(kind);
		}
		assertThat(this.breaker.status().state()).isEqualTo(BreakerState.HALF_OPEN);
	}

	@ParameterizedTest
	@EnumSource(value = ErrorKind.class,
			names = { "OVERLOADED", "SERVER_ERROR", "NETWORK", "TIMEOUT", "PROTOCOL", "INTERRUPTED" })
	void failuresOfTheTargetOpen(ErrorKind kind) {
		for (int i = 0; i < 3; i++) {
			fail(kind);
		}
		assertThat(this.breaker.status().state()).isEqualTo(BreakerState.OPEN);
	}

	@Test
	void tooManyRequestsPauseTheTargetWithoutOpening() {
		fail(LlmException.of(ErrorKind.RATE_LIMITED, "429").retryAfter(Duration.ofSeconds(20)).build());
		this.time.advanceTimeBy(Duration.ofSeconds(5));
		assertThat(this.breaker.rejection()).isEqualTo(
				new Rejection(ErrorKind.THROTTLED, "it asked to be left alone after a 429", Duration.ofSeconds(15)));
		assertThat(call().failure()).isInstanceOf(CircuitOpenException.class)
			.returns(ErrorKind.THROTTLED, LlmException::kind)
			.returns(Duration.ofSeconds(15), LlmException::retryAfter);
		assertThat(this.breaker.status().state()).isEqualTo(BreakerState.CLOSED);
		this.time.advanceTimeBy(Duration.ofSeconds(15));
		assertThat(call().isOpen()).isTrue();
	}

	private void pause(Duration length) {
		fail(LlmException.of(ErrorKind.RATE_LIMITED, "429").retryAfter(length).build());
		this.time.advanceTimeBy(length);
	}

	@Test
	void pauseEndsWithOneProbe() {
		pause(Duration.ofSeconds(20));
		assertThat(this.breaker.rejection()).isNull();
		Outcome probe = call();
		assertThat(probe.isOpen()).isTrue();
		for (int i = 0; i < 3; i++) {
			assertThat(call().failure()).isInstanceOf(CircuitOpenException.class)
				.returns(ErrorKind.THROTTLED, LlmException::kind)
				.returns(Duration.ofSeconds(20), LlmException::retryAfter);
		}
		assertThat(this.breaker.rejection()).isNotNull();
		this.provider.answer(1);
		assertThat(call().isOpen()).isTrue();
		assertThat(call().isOpen()).isTrue();
	}

	@Test
	void firstWordOfAProbeAdmitsTheOthers() {
		pause(Duration.ofSeconds(20));
		call();
		assertThat(call().kind()).isEqualTo(ErrorKind.THROTTLED);
		this.provider.say(1, "Hello");
		assertThat(call().isOpen()).isTrue();
	}

	@Test
	void probeThatIsRefusedPausesAgain() {
		pause(Duration.ofSeconds(20));
		fail(LlmException.of(ErrorKind.RATE_LIMITED, "429").retryAfter(Duration.ofSeconds(30)).build());
		assertThat(call().failure().retryAfter()).isEqualTo(Duration.ofSeconds(30));
		this.time.advanceTimeBy(Duration.ofSeconds(30));
		assertThat(call().isOpen()).isTrue();
	}

	@Test
	void probeThatWasLetGoOfLeavesItToTheNextCall() {
		pause(Duration.ofSeconds(20));
		call().cancel();
		assertThat(call().isOpen()).isTrue();
		assertThat(call().kind()).isEqualTo(ErrorKind.THROTTLED);
	}

	@Test
	void probeWithoutAnAnswerHoldsUpOthersNoLongerThanThePauseWas() {
		pause(Duration.ofSeconds(20));
		call();
		this.time.advanceTimeBy(Duration.ofSeconds(20));
		Outcome second = call();
		assertThat(second.isOpen()).isTrue();
		this.provider.answer(1);
		assertThat(call().kind()).isEqualTo(ErrorKind.THROTTLED);
		this.provider.answer(2);
		assertThat(call().isOpen()).isTrue();
	}

	@Test
	void pauseOfAModelEndsWithOneProbeToo() {
		LlmRequest wrong = LlmRequest.builder().model("gpt-nope").build();
		call(wrong);
		this.provider.fail(0, LlmException.of(ErrorKind.MODEL_NOT_FOUND, "404").build());
		this.time.advanceTimeBy(Duration.ofSeconds(60));
		assertThat(call(wrong).isOpen()).isTrue();
		assertThat(call(wrong).kind()).isEqualTo(ErrorKind.CIRCUIT_OPEN);
		assertThat(call().isOpen()).isTrue();
	}

	@Test
	void exhaustedQuotaOpensAtOnce() {
		fail(ErrorKind.QUOTA_EXHAUSTED);
		assertThat(this.breaker.status().state()).isEqualTo(BreakerState.OPEN);
	}

	@Test
	void missingModelIsNotAskedForAgainWhileOthersAre() {
		LlmRequest wrong = LlmRequest.builder().model("gpt-nope").build();
		call(wrong);
		this.provider.fail(0, LlmException.of(ErrorKind.MODEL_NOT_FOUND, "404").build());
		assertThat(call(wrong).failure()).hasMessageContaining("gpt-nope")
			.returns(ErrorKind.CIRCUIT_OPEN, LlmException::kind)
			.returns(Duration.ofSeconds(60), LlmException::retryAfter);
		assertThat(call().isOpen()).isTrue();
		assertThat(this.breaker.rejection()).isNull();
		this.time.advanceTimeBy(Duration.ofSeconds(60));
		assertThat(call(wrong).isOpen()).isTrue();
	}

	@Test
	void forcedOpenDisabledAndMetricsOnlyHoldUntilToldOtherwise() {
		this.breaker.force(BreakerState.FORCED_OPEN);
		this.time.advanceTimeBy(Duration.ofHours(1));
		assertThat(call().failure()).hasMessageContaining("forced open").returns(null, LlmException::retryAfter);
		this.breaker.force(BreakerState.DISABLED);
		for (int i = 0; i < 10; i++) {
			fail(ErrorKind.SERVER_ERROR);
		}
		assertThat(this.breaker.status()).returns(BreakerState.DISABLED, BreakerStatus::state)
			.returns(0, BreakerStatus::calls);
		this.breaker.force(BreakerState.METRICS_ONLY);
		for (int i = 0; i < 10; i++) {
			fail(ErrorKind.SERVER_ERROR);
		}
		assertThat(this.breaker.status()).returns(BreakerState.METRICS_ONLY, BreakerStatus::state)
			.returns(10, BreakerStatus::failures)
			.returns(100.0, BreakerStatus::failureRate);
		this.breaker.reset();
		assertThat(this.breaker.status()).returns(BreakerState.CLOSED, BreakerStatus::state)
			.returns(0, BreakerStatus::calls);
	}

	@Test
	void listenerThatThrowsHurtsNobody() {
		Breaker talkative = new Breaker(TARGET, settings(CircuitBreakerSettings.Window.COUNT, 20, 1),
				(target, from, to, openFor) -> {
					throw new IllegalStateException("broken");
				}, (config) -> {
				});
		this.module = new CircuitBreakerModule(this.provider, talkative);
		Outcome failed = call();
		this.provider.fail(0, LlmException.of(ErrorKind.NETWORK, "reset").build());
		assertThat(failed.kind()).isEqualTo(ErrorKind.NETWORK);
	}

}
