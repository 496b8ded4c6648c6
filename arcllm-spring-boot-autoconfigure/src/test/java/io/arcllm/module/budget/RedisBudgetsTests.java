package io.arcllm.module.budget;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import io.arcllm.module.budget.BudgetLimit.Action;
import io.arcllm.module.budget.BudgetSettings.OnStoreFailure;
import io.arcllm.module.budget.BudgetStore.Answer;
import io.arcllm.module.ratelimit.RedisServer;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.codec.ByteArrayCodec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Two replicas with one Redis, which is started and killed here.
 */
class RedisBudgetsTests {

	private RedisServer redis;

	private RedisClient client;

	private int ids;

	@BeforeEach
	void start() throws Exception {
		this.redis = RedisServer.start();
		this.client = RedisClient.create();
	}

	@AfterEach
	void stop() throws Exception {
		if (this.client != null) {
			this.client.shutdown(0, 1, TimeUnit.SECONDS);
		}
		if (this.redis != null) {
			this.redis.close();
		}
	}

	private RedisBudgets replica(OnStoreFailure choice) {
		RedisURI uri = RedisURI.builder().withHost("127.0.0.1").withPort(this.redis.port()).build();
		RedisBudgets budgets = new RedisBudgets(() -> this.client.connectAsync(ByteArrayCodec.INSTANCE, uri), choice);
		await().atMost(Duration.ofSeconds(20)).ignoreExceptions().until(() -> {
			budgets.settle(reservation(0, account("warm-up", "1")), 0).join();
			return budgets.reserve(reservation(0, account("warm-up", "1")), Duration.ofMinutes(1)).join() != null
					&& !budgets.isAway();
		});
		return budgets;
	}

	private static BudgetAccount account(String name, String amount) {
		BudgetLimit limit = new BudgetLimit(name, null, BudgetWindow.DAY, null, new BigDecimal(amount), null,
				Action.BLOCK, null);
		return new BudgetAccount(limit, "", limit.window().at(Instant.now(), ZoneOffset.UTC));
	}

	private Reservation reservation(long micros, BudgetAccount... accounts) {
		return new Reservation("test-" + this.ids++, micros, List.of(accounts));
	}

	private static boolean held(CompletableFuture<Answer> answer) {
		return answer.join().refusedBy() == null;
	}

	@Test
	void twoReplicasNeverHoldMoreThanTheAmountTogether() {
		RedisBudgets one = replica(OnStoreFailure.CLOSED);
		RedisBudgets other = replica(OnStoreFailure.CLOSED);
		BudgetAccount account = account("shared", "1.00");
		List<Reservation> held = new ArrayList<>();
		for (int i = 0; i < 200; i++) {
			Reservation reservation = reservation(10_000, account);
			if (held(((i % 2 == 0) ? one : other).reserve(reservation, Duration.ofMinutes(1)))) {
				held.add(reservation);
			}
		}
		assertThat(held).hasSize(100);
		for (int i = 0; i < 100; i++) {
			// by whichever replica, and told twice
			other.settle(held.get(i), 10_000).join();
			other.settle(held.get(i), 10_000).join();
		}
		Answer answer = one.reserve(reservation(1, account), Duration.ofMinutes(1)).join();
		assertThat(answer.level()).isEqualTo(new BudgetAccount.Level(1_000_000, 0));
	}

	@Test
	void changedAmountHoldsForWhatWasSpentBefore() {
		RedisBudgets one = replica(OnStoreFailure.CLOSED);
		RedisBudgets other = replica(OnStoreFailure.CLOSED);
		BudgetAccount before = account("changed", "1.00");
		Reservation reservation = reservation(600_000, before);
		assertThat(held(one.reserve(reservation, Duration.ofMinutes(1)))).isTrue();
		one.settle(reservation, 600_000).join();
		BudgetAccount less = account("changed", "0.50");
		Answer rejection = other.reserve(reservation(1, less), Duration.ofMinutes(1)).join();
		assertThat(rejection.refusedBy()).isEqualTo(less);
		assertThat(rejection.level().spent()).isEqualTo(600_000);
		BudgetAccount more = account("changed", "2.00");
		assertThat(held(other.reserve(reservation(1_400_000, more), Duration.ofMinutes(1)))).isTrue();
		assertThat(held(one.reserve(reservation(1, more), Duration.ofMinutes(1)))).isFalse();
	}

	@Test
	void allAccountsAreHeldOrNone() {
		RedisBudgets budgets = replica(OnStoreFailure.CLOSED);
		BudgetAccount wide = account("wide", "1");
		BudgetAccount narrow = account("narrow", "0.01");
		assertThat(budgets.reserve(reservation(20_000, wide, narrow), Duration.ofMinutes(1)).join().refusedBy())
			.isEqualTo(narrow);
		assertThat(held(budgets.reserve(reservation(1_000_000, wide), Duration.ofMinutes(1)))).isTrue();
	}

	@Test
	void reservationOfAReplicaThatDiedLapses() {
		RedisBudgets budgets = replica(OnStoreFailure.CLOSED);
		BudgetAccount account = account("lapsing", "1");
		assertThat(held(budgets.reserve(reservation(1_000_000, account), Duration.ofMillis(200)))).isTrue();
		await().atMost(Duration.ofSeconds(10))
			.until(() -> held(budgets.reserve(reservation(1_000_000, account), Duration.ofMinutes(1))));
	}

	@Test
	void resetSetsWhatIsSpentToNothing() {
		RedisBudgets budgets = replica(OnStoreFailure.CLOSED);
		BudgetAccount account = account("a|b%", "1");
		Reservation reservation = reservation(500_000, account);
		assertThat(held(budgets.reserve(reservation, Duration.ofMinutes(1)))).isTrue();
		budgets.settle(reservation, 1_000_000).join();
		assertThat(held(budgets.reserve(reservation(1, account), Duration.ofMinutes(1)))).isFalse();
		budgets.reset("a|b%"::equals);
		await().atMost(Duration.ofSeconds(10))
			.until(() -> held(budgets.reserve(reservation(1, account), Duration.ofMinutes(1))));
	}

	@ParameterizedTest
	@EnumSource(OnStoreFailure.class)
	void killedInTheMiddleFollowsTheSettingAndTellsWhatWasSpentMeanwhile(OnStoreFailure choice) throws Exception {
		RedisBudgets budgets = replica(choice);
		BudgetAccount account = account("killed", "1.00");
		Reservation before = reservation(100_000, account);
		assertThat(held(budgets.reserve(before, Duration.ofMinutes(1)))).isTrue();
		budgets.settle(before, 600_000).join();
		this.redis.kill();
		int through = 0;
		for (int i = 0; i < 10; i++) {
			Reservation reservation = reservation(100_000, account);
			CompletableFuture<Answer> answer = budgets.reserve(reservation, Duration.ofMinutes(1));
			if (answer.handle((one, failure) -> failure == null && one.refusedBy() == null).join()) {
				through++;
				budgets.settle(reservation, 100_000).join();
			}
		}
		assertThat(through).isEqualTo(switch (choice) {
			case CLOSED -> 0;
			case OPEN -> 10;
			case LOCAL -> 4;
		});
		this.redis.restart();
		long spentMeanwhile = through * 100_000L;
		await().atMost(Duration.ofSeconds(30)).ignoreExceptions().pollInterval(Duration.ofMillis(100)).until(() -> {
			Reservation look = reservation(0, account);
			budgets.reserve(look, Duration.ofMinutes(1)).join();
			budgets.settle(look, 0).join();
			return !budgets.isAway() && budgets.level(account).spent() == spentMeanwhile;
		});
	}

}
