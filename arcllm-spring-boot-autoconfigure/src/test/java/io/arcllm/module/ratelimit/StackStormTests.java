package io.arcllm.module.ratelimit;

import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.arcllm.Attempt;
import io.arcllm.CallOptions;
import io.arcllm.ErrorKind;
import io.arcllm.LlmProvider;
import io.arcllm.Trail;
import io.arcllm.module.CallListener;
import io.arcllm.module.CallModule;
import io.arcllm.module.Candidate;
import io.arcllm.module.Selection;
import io.arcllm.module.Storm;
import io.arcllm.module.TestSettings;
import io.arcllm.module.fallback.Chain;
import io.arcllm.module.fallback.FallbackModule;
import io.arcllm.module.fallback.FallbackSettings;
import io.arcllm.module.retry.RetryBudget;
import io.arcllm.module.retry.RetryEngine;
import io.arcllm.module.retry.RetryModule;
import io.arcllm.module.retry.RetrySettings;
import io.arcllm.module.telemetry.CallMeters;
import io.arcllm.module.telemetry.ModelTags;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A storm through everything that protects a call, as it stands in an application.
 */
class StackStormTests implements CallListener {

	private static final int ATTEMPTS = 5;

	private final Logger logger = (Logger) LoggerFactory.getLogger("io.arcllm.module");

	private final AtomicBoolean over = new AtomicBoolean();

	private final AtomicInteger first = new AtomicInteger();

	private final AtomicInteger mostAttempts = new AtomicInteger();

	private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

	private final StormMember primary = new StormMember("a", this.over::get);

	private final StormMember fallback = new StormMember("b", this.over::get);

	private final List<StormMember> members = List.of(this.primary, this.fallback);

	@BeforeEach
	void beQuiet() {
		this.logger.setLevel(Level.OFF);
	}

	@AfterEach
	void beLoud() {
		this.logger.setLevel(null);
	}

	@ParameterizedTest
	@MethodSource("io.arcllm.module.Storm#threads")
	void everyPermitTokenAndCounterComesOutExact(ThreadFactory threads) throws Exception {
		new Storm().rage(stack(), threads, false);
		await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
			this.members.forEach(StormMember::isAtRest);
			checkMeters();
		});
		this.members.forEach(StormMember::keptItsLimits);
		this.primary.wasInTrouble();
		this.over.set(true);
		this.members.forEach(StormMember::takesCallsAgain);
	}

	@ParameterizedTest
	@MethodSource("io.arcllm.module.Storm#threads")
	void nothingIsAdmittedForNothingWhenNobodyGoesAway(ThreadFactory threads) throws Exception {
		new Storm().rage(stack(), threads, true);
		for (StormMember member : this.members) {
			member.isAtRest();
			member.keptItsLimits();
			member.lostNobody();
		}
		checkMeters();
	}

	private void checkMeters() {
		for (StormMember member : this.members) {
			assertThat(count("arcllm.attempts", "provider", member.name())).isEqualTo(member.attempts());
			// a retry that would be refused is noted, too, and not made
			assertThat(rejections(member, "circuit-open")).isGreaterThanOrEqualTo(member.breakerRefusals());
			assertThat(rejections(member, "bulkhead-full")).isEqualTo(member.bulkheadRefusals());
		}
		assertThat(count("arcllm.attempts"))
			.isEqualTo(this.first.get() + count("arcllm.retries") + count("arcllm.fallbacks"));
		assertThat(count("arcllm.retries")).isPositive();
		assertThat(count("arcllm.fallbacks")).isPositive();
		assertThat(this.mostAttempts).hasValueBetween(2, ATTEMPTS);
	}

	private long rejections(StormMember member, String error) {
		return count("arcllm.rejections", "provider", member.name(), "error", error);
	}

	private long count(String name, String... tags) {
		return (long) this.meters.find(name).tags(tags).counters().stream().mapToDouble(Counter::count).sum();
	}

	@Override
	public void ended(Attempt attempt, Trail before) {
		if (attempt.outcome() != Attempt.Outcome.SKIPPED) {
			this.first.addAndGet((before.last() == null) ? 1 : 0);
			this.mostAttempts.accumulateAndGet(before.requests() + 1, Math::max);
		}
	}

	private LlmProvider stack() {
		List<Candidate> candidates = this.members.stream().map(StormMember::candidate).toList();
		FallbackSettings settings = TestSettings.of(FallbackSettings.class, "on", EnumSet.allOf(ErrorKind.class));
		LlmProvider fallback = new FallbackModule(new Chain(candidates, List.of(), List.of()), settings,
				Selection.ORDERED);
		RetrySettings.Budget budget = new RetrySettings.Budget(0.2, 1000);
		RetrySettings retries = TestSettings.of(RetrySettings.class, "max-retries", 4, "strategy",
				RetrySettings.Strategy.FIXED, "backoff-base", "1ms", "multiplier", 1, "max-wait", "1s",
				"retryable-status-codes", Set.of(500), "on",
				EnumSet.of(ErrorKind.SERVER_ERROR, ErrorKind.BULKHEAD_FULL), "budget", budget);
		LlmProvider retry = new RetryModule(fallback,
				new RetryEngine(retries, new RetryBudget(budget, System::nanoTime)));
		CallListener meters = new CallMeters(this.meters,
				new ModelTags(this.members.stream().map(StormMember::target).toList()), (provider) -> true);
		return new CallModule(
				new CallModule.Limits(Duration.ofSeconds(20), ATTEMPTS, CallListener.all(List.of(meters, this))),
				CallOptions.NONE, (options) -> retry);
	}

}
