package io.arcllm.module.budget;

import java.math.BigDecimal;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.arcllm.Attempt;
import io.arcllm.CallOptions;
import io.arcllm.Cost;
import io.arcllm.ErrorKind;
import io.arcllm.LlmEvent;
import io.arcllm.LlmProvider;
import io.arcllm.LlmRequest;
import io.arcllm.LlmResponse;
import io.arcllm.Message;
import io.arcllm.RequestMetadata;
import io.arcllm.Target;
import io.arcllm.Trail;
import io.arcllm.Usage;
import io.arcllm.module.CallListener;
import io.arcllm.module.CallModule;
import io.arcllm.module.Candidate;
import io.arcllm.module.ModuleClock;
import io.arcllm.module.Pricing;
import io.arcllm.module.Script;
import io.arcllm.module.Selection;
import io.arcllm.module.TestSettings;
import io.arcllm.module.attempt.CommitModule;
import io.arcllm.module.attempt.CommitPoint;
import io.arcllm.module.attempt.ContractModule;
import io.arcllm.module.attempt.TimeoutModule;
import io.arcllm.module.attempt.TimeoutSettings;
import io.arcllm.module.budget.BudgetLimit.Action;
import io.arcllm.module.fallback.Chain;
import io.arcllm.module.fallback.FallbackModule;
import io.arcllm.module.fallback.FallbackSettings;
import io.arcllm.module.fallback.recovery.Recovery;
import io.arcllm.module.fallback.recovery.RecoveryPlan;
import io.arcllm.module.hedge.HedgeEngine;
import io.arcllm.module.hedge.HedgeModule;
import io.arcllm.module.hedge.HedgeSettings;
import io.arcllm.module.retry.RetryBudget;
import io.arcllm.module.retry.RetryEngine;
import io.arcllm.module.retry.RetryModule;
import io.arcllm.module.retry.RetrySettings;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.test.scheduler.VirtualTimeScheduler;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Calls with retries, hops, hedges and recovery that succeed, fail, stall, break off and
 * are cancelled at random, in virtual time: nothing stays reserved, and what is spent is
 * what all attempts cost.
 */
class RandomBudgetTests {

	private static final String ANSWER = "abcdefgh";

	private final Random random = new Random(14);

	private final Logger logger = (Logger) LoggerFactory.getLogger("io.arcllm.module");

	private final Pricing prices = (target,
			usage) -> new Cost(BigDecimal.valueOf((usage.outputTokens() == null) ? 0 : usage.outputTokens(), 3), "USD");

	private final Clock clock = new ModuleClock();

	private final BudgetLedger ledger = new BudgetLedger(this.clock, BudgetListener.NONE, null);

	private final Set<Attempt.Cause> causes = EnumSet.noneOf(Attempt.Cause.class);

	private BigDecimal cost = BigDecimal.ZERO;

	private int stopped;

	private VirtualTimeScheduler time;

	@BeforeEach
	void startTime() {
		this.logger.setLevel(Level.OFF);
		this.time = VirtualTimeScheduler.getOrSet();
	}

	@AfterEach
	void stopTime() {
		VirtualTimeScheduler.reset();
		this.logger.setLevel(null);
	}

	@ParameterizedTest
	@EnumSource
	void nothingStaysReserved(Recovery recovery) {
		calls(recovery, 2_500);
	}

	@Tag("proof")
	@ParameterizedTest
	@EnumSource
	void nothingStaysReservedAfterAMillionCalls(Recovery recovery) {
		calls(recovery, 250_000);
	}

	private void calls(Recovery recovery, int count) {
		LlmProvider stack = stack(recovery);
		List<Disposable> running = new ArrayList<>();
		for (int i = 0; i < count; i++) {
			LlmRequest request = LlmRequest.builder()
				.messages(Message.user("Hi"))
				.metadata(new RequestMetadata("t" + this.random.nextInt(5), null, Map.of("team", "a")))
				.streaming(this.random.nextInt(4) > 0)
				.build();
			int words = this.random.nextInt(20);
			Flux<LlmEvent> call = stack.exchange(request);
			running.add(((words < 8) ? call.take(words + 1) : call).subscribe((event) -> {
			}, (failure) -> this.stopped += isStopped(failure) ? 1 : 0));
			this.time.advanceTimeBy(Duration.ofMillis(this.random.nextInt(40)));
			if (this.random.nextInt(5) == 0) {
				running.get(this.random.nextInt(running.size())).dispose();
			}
			running.removeIf(Disposable::isDisposed);
		}
		this.time.advanceTimeBy(Duration.ofMinutes(1));
		assertThat(running).allMatch(Disposable::isDisposed);
		assertThat(this.causes).contains(Attempt.Cause.RETRY, Attempt.Cause.NEXT_TARGET, Attempt.Cause.HEDGE);
		assertThat(this.causes.contains(Attempt.Cause.RECOVERY)).isEqualTo(recovery != Recovery.FAIL);
		assertThat(this.stopped).isPositive();
		assertThat(this.ledger.status()).hasSize(1 + 1 + 5 + 3)
			.allSatisfy((one) -> assertThat(one.reserved()).isEqualByComparingTo("0"));
		for (String limit : List.of("global-total", "label:team-total", "tenant-total", "model-total")) {
			assertThat(spent(limit)).as(limit).isEqualByComparingTo(this.cost);
		}
	}

	/** Ended by {@code max-per-call}. */
	private static boolean isStopped(Throwable failure) {
		return Arrays.stream(failure.getSuppressed()).anyMatch(BudgetExceededException.class::isInstance);
	}

	private BigDecimal spent(String limit) {
		return this.ledger.status()
			.stream()
			.filter((one) -> one.limit().equals(limit))
			.map(BudgetStatus::spent)
			.reduce(BigDecimal.ZERO, BigDecimal::add);
	}

	private LlmProvider stack(Recovery recovery) {
		Budget budget = new Budget(settings(), this.ledger, this.prices, this.clock);
		List<Candidate> targets = new ArrayList<>();
		for (String name : List.of("a", "b", "c")) {
			targets.add(candidate(name, budget));
		}
		HedgeSettings hedge = TestSettings.of(HedgeSettings.class, "after", "30ms", "minimum-delay", "0s", "max-ratio",
				"50%");
		LlmProvider hedged = new HedgeModule(targets.get(0), targets.subList(1, 3), hedge, new HedgeEngine());
		targets.set(0, new Script("a").candidate(hedged));
		FallbackSettings settings = TestSettings.of(FallbackSettings.class, "on", EnumSet.allOf(ErrorKind.class));
		LlmProvider fallback = new FallbackModule(new Chain(targets, List.of(), List.of()), settings, Selection.ORDERED,
				new RecoveryPlan(recovery, (target) -> true, () -> true));
		LlmProvider stack = new BudgetModule(new RetryModule(fallback, retries()), budget, new Target("a", "m"));
		return new CallModule(new CallModule.Limits(Duration.ofSeconds(10), 6, new Sum()), CallOptions.NONE,
				(options) -> stack);
	}

	private static BudgetSettings settings() {
		List<BudgetLimit> limits = new ArrayList<>();
		for (String scope : List.of("global", "label:team", "tenant", "model")) {
			limits.add(new BudgetLimit(null, BudgetScope.valueOf(scope), BudgetWindow.TOTAL, null,
					new BigDecimal("1000000"), null, Action.BLOCK, null));
		}
		return TestSettings.of(BudgetSettings.class, "limits", limits, "max-per-call", new BigDecimal("0.006"));
	}

	private Candidate candidate(String name, Budget budget) {
		Script script = new Script(name);
		Target target = script.target();
		LlmProvider attempt = new AttemptBudgetModule(
				new ContractModule((request) -> Flux.defer(this::answer), target, this.prices), budget, target);
		LlmProvider held = new CommitModule(attempt, target, CommitPoint.of(name.equals("b") ? "3-tokens" : "20ms"));
		return script.candidate(new TimeoutModule(held, TestSettings.of(TimeoutSettings.class, "attempt", "3s",
				"first-token", "2s", "idle", "2s", "unread", "0s")));
	}

	private Flux<LlmEvent> answer() {
		Flux<LlmEvent> end = switch (this.random.nextInt(9)) {
			case 0 -> Script.fails(ErrorKind.NETWORK);
			case 1 -> Flux.never();
			case 2 -> Flux.empty();
			case 3 -> Script.fails(ErrorKind.RATE_LIMITED, 429, Duration.ofMillis(500));
			default -> Flux.just(new LlmEvent.Completed(
					LlmResponse.of(ANSWER).withText(ANSWER, Usage.of(3, this.random.nextInt(12)))));
		};
		Flux<LlmEvent> answer = Flux.range(0, this.random.nextInt(ANSWER.length()))
			.map((i) -> (LlmEvent) new LlmEvent.TextDelta(ANSWER.substring(i, i + 1)))
			.concatWith(end);
		return (this.random.nextInt(2) == 0) ? answer
				: answer.delayElements(Duration.ofMillis(1 + this.random.nextInt(30)));
	}

	private RetryEngine retries() {
		RetrySettings.Budget budget = new RetrySettings.Budget(0.2, 100);
		return new RetryEngine(
				TestSettings.of(RetrySettings.class, "max-retries", 1, "strategy", RetrySettings.Strategy.FIXED,
						"backoff-base", "20ms", "multiplier", 1, "max-wait", "1s", "retryable-status-codes",
						Set.of(500), "on", EnumSet.of(ErrorKind.NETWORK, ErrorKind.CIRCUIT_OPEN), "budget", budget),
				new RetryBudget(budget, () -> this.time.now(TimeUnit.NANOSECONDS)));
	}

	/**
	 * Adds up what all attempts cost.
	 */
	private final class Sum implements CallListener {

		@Override
		public void ended(Attempt attempt, Trail before) {
			RandomBudgetTests.this.causes.add(attempt.cause());
			Cost cost = attempt.cost();
			if (cost != null) {
				RandomBudgetTests.this.cost = RandomBudgetTests.this.cost.add(cost.amount());
			}
		}

	}

}
