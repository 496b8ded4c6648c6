package io.arcllm.module.budget;

import java.math.BigDecimal;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

import io.arcllm.CallOptions;
import io.arcllm.Cost;
import io.arcllm.ErrorKind;
import io.arcllm.LlmEvent;
import io.arcllm.LlmException;
import io.arcllm.LlmProvider;
import io.arcllm.LlmRequest;
import io.arcllm.LlmResponse;
import io.arcllm.Message;
import io.arcllm.RequestMetadata;
import io.arcllm.Target;
import io.arcllm.Usage;
import io.arcllm.WholeAndStreamed;
import io.arcllm.module.CallModule;
import io.arcllm.module.Outcome;
import io.arcllm.module.Percent;
import io.arcllm.module.Pricing;
import io.arcllm.module.TestProvider;
import io.arcllm.module.TestSettings;
import io.arcllm.module.attempt.ContractModule;
import io.arcllm.module.budget.BudgetLimit.Action;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Budgets in which a token of an answer costs 0.01 and one of a question nothing, so that
 * an answer is expected to cost 0.01 with a {@code maxTokens} of 1.
 */
class BudgetModuleTests {

	private static final Target TARGET = new Target("test", "m");

	private final TestProvider vendor = new TestProvider();

	private final List<Object> events = new CopyOnWriteArrayList<>();

	private Instant now = Instant.parse("2026-03-18T23:59:00Z");

	private final BudgetLedger ledger = new BudgetLedger(clock(), new BudgetListener() {

		@Override
		public void warning(BudgetWarning warning) {
			BudgetModuleTests.this.events.add(warning);
		}

		@Override
		public void exhausted(BudgetExhausted exhausted) {
			BudgetModuleTests.this.events.add(exhausted);
		}

	}, null);

	private Clock clock() {
		return new Clock() {

			@Override
			public ZoneOffset getZone() {
				return ZoneOffset.UTC;
			}

			@Override
			public Clock withZone(java.time.ZoneId zone) {
				return this;
			}

			@Override
			public Instant instant() {
				return BudgetModuleTests.this.now;
			}

		};
	}

	private static BudgetLimit limit(String scope, String amount, Action action, String... warnAt) {
		return new BudgetLimit(null, BudgetScope.valueOf(scope), BudgetWindow.DAY, null, new BigDecimal(amount), null,
				action, List.of(warnAt).stream().map(Percent::of).toList());
	}

	private static BudgetSettings settings(@Nullable String maxPerCall, BudgetLimit... limits) {
		return TestSettings.of(BudgetSettings.class, "limits", List.of(limits), "max-per-call",
				(maxPerCall == null) ? null : new BigDecimal(maxPerCall));
	}

	private LlmProvider stack(BudgetSettings settings) {
		return stack(this.vendor, settings);
	}

	private LlmProvider stack(LlmProvider vendor, BudgetSettings settings) {
		Pricing prices = (target, usage) -> "unknown".equals(target.model()) ? null
				: new Cost(BigDecimal.valueOf((usage.outputTokens() == null) ? 0 : usage.outputTokens(), 2), "USD");
		Budget budget = new Budget(settings, this.ledger, prices, clock());
		LlmProvider attempt = new AttemptBudgetModule(new ContractModule(vendor, TARGET, prices), budget, TARGET);
		return new CallModule(new CallModule.Limits(Duration.ofMinutes(1), 10), CallOptions.NONE,
				(options) -> new BudgetModule(attempt, budget, TARGET));
	}

	private static LlmRequest request(@Nullable String tenant, boolean streamed) {
		return LlmRequest.builder()
			.messages(Message.user("hi"))
			.maxTokens(1)
			.metadata(new RequestMetadata(tenant, null, Map.of()))
			.streaming(streamed)
			.build();
	}

	private Outcome ask(LlmProvider llm, @Nullable String tenant, boolean streamed) {
		return Outcome.of(llm.exchange(request(tenant, streamed)));
	}

	private BudgetStatus status(String limit) {
		return this.ledger.status().stream().filter((one) -> one.limit().equals(limit)).findFirst().orElseThrow();
	}

	@WholeAndStreamed
	void callIsRefusedWhenTheMoneyIsSpentAndAgainLetThroughAtMidnight(boolean streamed) {
		LlmProvider llm = stack(settings(null, limit("global", "0.02", Action.BLOCK)));
		for (int i = 0; i < 2; i++) {
			ask(llm, null, streamed);
			this.vendor.answer(i, Usage.of(0, 1));
		}
		LlmException rejection = ask(llm, null, streamed).failure();
		assertThat(rejection.kind()).isEqualTo(ErrorKind.BUDGET_EXCEEDED);
		assertThat(rejection).hasMessageContaining("'global-day'").hasMessageContaining("0.02 of 0.02 USD");
		assertThat(rejection.retryAfter()).isEqualTo(Duration.ofMinutes(1));
		assertThat(rejection.trail().attempts()).hasSize(1);
		BudgetExceededException typed = (BudgetExceededException) rejection;
		assertThat(typed.limit()).isEqualTo("global-day");
		assertThat(typed.spent()).isEqualByComparingTo("0.02");
		assertThat(typed.amount()).isEqualByComparingTo("0.02");
		this.now = Instant.parse("2026-03-19T00:00:00Z");
		assertThat(ask(llm, null, streamed).isOpen()).isTrue();
	}

	@WholeAndStreamed
	void everyTenantIsCountedByItselfAndOneWithoutIsNot(boolean streamed) {
		LlmProvider llm = stack(settings(null, limit("tenant", "0.01", Action.BLOCK)));
		ask(llm, "a", streamed);
		this.vendor.answer(0, Usage.of(0, 1));
		assertThat(ask(llm, "a", streamed).kind()).isEqualTo(ErrorKind.BUDGET_EXCEEDED);
		assertThat(ask(llm, "b", streamed).isOpen()).isTrue();
		assertThat(ask(llm, null, streamed).isOpen()).isTrue();
	}

	@WholeAndStreamed
	void whatIsHeldIsGivenBackOnEveryExit(boolean streamed) {
		LlmProvider llm = stack(settings(null, limit("global", "1", Action.BLOCK), limit("model", "1", Action.BLOCK)));
		ask(llm, null, streamed);
		assertThat(status("global-day").reserved()).isEqualByComparingTo("0.01");
		assertThat(status("model-day").reserved()).isEqualByComparingTo("0.01");
		this.vendor.answer(0, Usage.of(0, 7));
		ask(llm, null, streamed);
		this.vendor.fail(1, LlmException.of(ErrorKind.SERVER_ERROR, "no").status(500).build());
		ask(llm, null, streamed).cancel();
		for (String limit : List.of("global-day", "model-day")) {
			assertThat(status(limit).reserved()).isEqualByComparingTo("0");
			assertThat(status(limit).spent()).isEqualByComparingTo("0.07");
		}
	}

	@WholeAndStreamed
	void worstCaseIsTheLongestAnswerThatIsAllowed(boolean streamed) {
		LlmProvider llm = stack(TestSettings.of(BudgetSettings.class, "limits",
				List.of(limit("global", "1", Action.BLOCK)), "reserve", "worst"));
		LlmRequest request = request(null, streamed).mutate().maxTokens(60).build();
		Outcome.of(llm.exchange(request));
		this.vendor.answer(0, Usage.of(0, 2));
		assertThat(Outcome.of(llm.exchange(request)).isOpen()).isTrue();
		assertThat(status("global-day").reserved()).isEqualByComparingTo("0.60");
		assertThat(Outcome.of(llm.exchange(request)).kind()).isEqualTo(ErrorKind.BUDGET_EXCEEDED);
	}

	@WholeAndStreamed
	void everyValueOfALabelIsCountedByItselfAndCallsWithoutItAreNot(boolean streamed) {
		LlmProvider llm = stack(settings(null, limit("label:team", "0.01", Action.BLOCK)));
		for (String team : List.of("red", "blue")) {
			LlmRequest request = request(null, streamed).mutate()
				.metadata(new RequestMetadata(null, null, Map.of("team", team)))
				.build();
			assertThat(Outcome.of(llm.exchange(request)).isOpen()).isTrue();
			assertThat(Outcome.of(llm.exchange(request)).failure()).isInstanceOf(BudgetExceededException.class)
				.hasMessageContaining("'label:team-day' of " + team);
		}
		assertThat(ask(llm, null, streamed).isOpen()).isTrue();
		assertThat(ask(llm, null, streamed).isOpen()).isTrue();
	}

	@Test
	void allLimitsAreReservedOrNone() {
		LlmProvider llm = stack(settings(null, limit("global", "1", Action.BLOCK), limit("tenant", "0", Action.BLOCK)));
		assertThat(ask(llm, "a", false).failure()).hasMessageContaining("'tenant-day' of a");
		assertThat(this.ledger.status()).isEmpty();
		assertThat(this.vendor.asked()).isZero();
	}

	@Test
	void limitThatWarnsRefusesNothingAndSaysSoOnceAWindow() {
		LlmProvider llm = stack(settings(null, limit("global", "0.04", Action.WARN, "95%", "50%")));
		for (int i = 0; i < 6; i++) {
			ask(llm, null, false);
			this.vendor.answer(i, Usage.of(0, 1));
		}
		assertThat(this.events).hasSize(3);
		assertThat((BudgetWarning) this.events.get(0)).matches((one) -> one.share() == 0.5)
			.extracting(BudgetWarning::spent)
			.isEqualTo(new BigDecimal("0.02"));
		assertThat((BudgetExhausted) this.events.get(2)).extracting(BudgetExhausted::windowEnd)
			.isEqualTo(Instant.parse("2026-03-19T00:00:00Z"));
	}

	@Test
	void resetSetsWhatIsSpentToNothingAndKeepsReservations() {
		LlmProvider llm = stack(settings(null, limit("global", "0.02", Action.BLOCK)));
		ask(llm, null, false);
		ask(llm, null, false);
		this.vendor.answer(0, Usage.of(0, 1));
		assertThat(ask(llm, null, false).kind()).isEqualTo(ErrorKind.BUDGET_EXCEEDED);
		this.ledger.reset("another");
		assertThat(ask(llm, null, false).kind()).isEqualTo(ErrorKind.BUDGET_EXCEEDED);
		this.ledger.reset("global-day");
		assertThat(status("global-day").spent()).isEqualByComparingTo("0");
		assertThat(status("global-day").reserved()).isEqualByComparingTo("0.01");
		assertThat(ask(llm, null, false).isOpen()).isTrue();
	}

	@WholeAndStreamed
	void modelWithoutAPriceIsRefusedBeforeAnythingIsSent(boolean streamed) {
		LlmProvider llm = stack(settings(null, limit("global", "1", Action.BLOCK)));
		LlmException rejection = Outcome.of(llm.exchange(request(null, streamed).withModel("unknown"))).failure();
		assertThat(rejection.kind()).isEqualTo(ErrorKind.BUDGET_EXCEEDED);
		assertThat(rejection.retryAfter()).isNull();
		assertThat(this.vendor.asked()).isZero();
	}

	@Test
	void twoHundredCallsAtOnceSpendNoMoreThanTheAmount() throws Exception {
		LlmProvider llm = stack(settings(null, limit("global", "1.00", Action.BLOCK)));
		ExecutorService callers = Executors.newFixedThreadPool(16);
		CountDownLatch asked = new CountDownLatch(200);
		List<Outcome> outcomes = new CopyOnWriteArrayList<>();
		for (int i = 0; i < 200; i++) {
			callers.execute(() -> {
				outcomes.add(ask(llm, null, false));
				asked.countDown();
			});
		}
		assertThat(asked.await(30, TimeUnit.SECONDS)).isTrue();
		callers.shutdown();
		assertThat(this.vendor.asked()).isEqualTo(100);
		for (int i = 0; i < 100; i++) {
			this.vendor.answer(i, Usage.of(0, 1));
		}
		assertThat(outcomes).filteredOn((one) -> one.kind() == ErrorKind.BUDGET_EXCEEDED).hasSize(100);
		assertThat(status("global-day").spent()).isEqualByComparingTo("1");
		assertThat(status("global-day").reserved()).isEqualByComparingTo("0");
	}

	@Test
	void randomCallsLeaveNothingReserved() {
		randomCalls(10_000);
	}

	@Tag("proof")
	@Test
	void aMillionRandomCallsLeaveNothingReserved() {
		randomCalls(1_000_000);
	}

	private void randomCalls(int count) {
		Random random = new Random(42);
		long[] spent = new long[1];
		LlmProvider vendor = (request) -> switch (random.nextInt(5)) {
			case 0 -> Flux.error(LlmException.of(ErrorKind.SERVER_ERROR, "no").status(500).build());
			case 1 -> Flux.never();
			case 2 -> Flux.concat(Flux.just(new LlmEvent.TextDelta("so much")), Flux.never());
			case 3 -> Flux.just(new LlmEvent.TextDelta("so much"));
			default -> {
				int tokens = random.nextInt(3);
				spent[0] += tokens * 10_000L;
				yield Flux.just(new LlmEvent.Completed(LlmResponse.of("x").withText("x", Usage.of(0, tokens))));
			}
		};
		LlmProvider llm = stack(vendor, settings(null, limit("global", "1000000", Action.BLOCK),
				limit("tenant", "1000000", Action.BLOCK), limit("model", "1000000", Action.BLOCK)));
		List<Outcome> open = new ArrayList<>();
		for (int i = 0; i < count; i++) {
			Outcome outcome = ask(llm, "t" + random.nextInt(10), random.nextBoolean());
			if (outcome.isOpen()) {
				open.add(outcome);
			}
			if (open.size() > 50) {
				open.remove(random.nextInt(open.size())).cancel();
			}
		}
		open.forEach(Outcome::cancel);
		assertThat(this.ledger.status()).hasSize(12)
			.allSatisfy((one) -> assertThat(one.reserved()).isEqualByComparingTo("0"));
		assertThat(Micros.ceil(status("model-day").spent())).isGreaterThan(spent[0]);
		assertThat(status("model-day").spent()).isEqualByComparingTo(status("global-day").spent());
	}

	@Test
	void madeUpTenantsCostNoMemoryWithoutEnd() {
		LlmProvider llm = stack(
				(request) -> Flux.just(new LlmEvent.Completed(LlmResponse.of("x").withText("x", Usage.of(0, 1)))),
				settings(null, limit("tenant", "1", Action.BLOCK)));
		for (int i = 0; i < MemoryBudgets.MOST_KEPT + 100; i++) {
			ask(llm, "t" + i, false);
		}
		assertThat(this.ledger.status()).hasSize(MemoryBudgets.MOST_KEPT);
	}

	@ParameterizedTest
	@ValueSource(strings = { "galactic", "label:", "" })
	void unknownScopesAreRefused(String scope) {
		assertThat(org.assertj.core.api.Assertions.catchThrowable(() -> BudgetScope.valueOf(scope)))
			.isInstanceOf(IllegalArgumentException.class)
			.hasMessageContaining("scope must be");
	}

}
