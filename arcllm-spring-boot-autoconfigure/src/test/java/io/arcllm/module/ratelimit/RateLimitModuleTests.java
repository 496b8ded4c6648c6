package io.arcllm.module.ratelimit;

import java.net.ConnectException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.ArrayList;
import java.util.List;

import io.arcllm.Attempt;
import io.arcllm.CallOptions;
import io.arcllm.ErrorKind;
import io.arcllm.LlmEvent;
import io.arcllm.LlmException;
import io.arcllm.LlmProvider;
import io.arcllm.LlmRequest;
import io.arcllm.LlmResponse;
import io.arcllm.Message;
import io.arcllm.Priority;
import io.arcllm.RequestMetadata;
import io.arcllm.Target;
import io.arcllm.TimeoutStage;
import io.arcllm.Usage;
import io.arcllm.VendorLimits;
import io.arcllm.WholeAndStreamed;
import io.arcllm.module.Call;
import io.arcllm.module.Outcome;
import io.arcllm.module.Rejection;
import io.arcllm.module.TestProvider;
import io.arcllm.module.TestSettings;
import io.arcllm.module.attempt.ContractModule;
import io.arcllm.module.bulkhead.Bulkhead;
import io.arcllm.module.bulkhead.BulkheadModule;
import io.arcllm.module.bulkhead.BulkheadSettings;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.test.scheduler.VirtualTimeScheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class RateLimitModuleTests {

	private static final Target TARGET = new Target("test", "model");

	private final TestProvider provider = new TestProvider();

	private VirtualTimeScheduler time;

	private RateLimiter limiter;

	private RateLimitModule module;

	@BeforeEach
	void virtualTime() {
		this.time = VirtualTimeScheduler.getOrSet();
		use(60, null, 2, 30);
	}

	@AfterEach
	void realTime() {
		VirtualTimeScheduler.reset();
	}

	private static RateLimitSettings settings(@Nullable Integer requests, @Nullable Integer tokens,
			@Nullable Integer burst, long maxWait) {
		return TestSettings.of(RateLimitSettings.class, "requests-per-minute", requests, "tokens-per-minute", tokens,
				"burst", burst, "max-wait", Duration.ofSeconds(maxWait));
	}

	private void use(@Nullable Integer requests, @Nullable Integer tokens, @Nullable Integer burst, long maxWait) {
		this.limiter = new RateLimiter(TARGET, settings(requests, tokens, burst, maxWait));
		this.module = new RateLimitModule(new ContractModule(this.provider, TARGET), this.limiter);
	}

	private Outcome call() {
		return call(LlmRequest.of("hi"));
	}

	private Outcome call(LlmRequest request) {
		return Outcome.of(this.module.exchange(request));
	}

	private static LlmRequest thousandTokens() {
		return LlmRequest.builder().messages(Message.user("x".repeat(4000))).maxTokens(0).build();
	}

	private static LlmRequest request(@Nullable String tenant) {
		return LlmRequest.builder()
			.messages(Message.user("hi"))
			.metadata(new RequestMetadata(tenant, null, Map.of()))
			.build();
	}

	@Test
	void everyTenantHasALimitOfItsOwnAndThoseWithoutShareOne() {
		RateLimitSettings settings = TestSettings.of(RateLimitSettings.class, "burst", 1, "max-wait", "0s", "by",
				RateLimitSettings.By.TENANT);
		this.module = new RateLimitModule(new ContractModule(this.provider, TARGET), new RateLimiter(TARGET, settings));
		for (String tenant : Arrays.asList("a", "b", null)) {
			assertThat(call(request(tenant)).isOpen()).isTrue();
			assertThat(call(request(tenant)).kind()).isEqualTo(ErrorKind.THROTTLED);
		}
	}

	@Test
	void longestUnusedOfVeryManyTenantsIsForgotten() {
		RateLimitSettings settings = TestSettings.of(RateLimitSettings.class, "burst", 1, "max-wait", "0s", "by",
				RateLimitSettings.By.TENANT);
		RateLimiter limiter = new RateLimiter(TARGET, settings);
		RateLimiter first = limiter.of(request("first"));
		for (int i = 1; i < RateLimiter.MOST_TENANTS; i++) {
			limiter.of(request("t" + i));
		}
		assertThat(limiter.of(request("first"))).isSameAs(first);
		RateLimiter second = limiter.of(request("t1"));
		limiter.of(request("one more"));
		limiter.of(request("another"));
		assertThat(limiter.of(request("t1"))).isSameAs(second);
		assertThat(limiter.of(request("first"))).isSameAs(first);
		limiter.forget("first");
		assertThat(limiter.of(request("first"))).isNotSameAs(first);
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void burstGoesOutAtOnceAndTheRestAtThePaceOfTheLimit(boolean streaming) {
		LlmRequest request = LlmRequest.of("hi").withStreaming(streaming);
		for (int i = 0; i < 5; i++) {
			call(request);
		}
		assertThat(this.provider.asked()).isEqualTo(2);
		this.time.advanceTimeBy(Duration.ofMillis(999));
		assertThat(this.provider.asked()).isEqualTo(2);
		this.time.advanceTimeBy(Duration.ofMillis(1));
		assertThat(this.provider.asked()).isEqualTo(3);
		this.time.advanceTimeBy(Duration.ofSeconds(2));
		assertThat(this.provider.asked()).isEqualTo(5);
	}

	@WholeAndStreamed
	void higherPriorityGoesFirst(boolean streaming) {
		List<Priority> order = new ArrayList<>();
		call();
		call();
		for (Priority priority : List.of(Priority.LOW, Priority.NORMAL, Priority.HIGH)) {
			LlmRequest request = LlmRequest.builder()
				.messages(Message.user("hi"))
				.callOptions(CallOptions.builder().priority(priority).build())
				.build()
				.withStreaming(streaming);
			Outcome.of(this.module.exchange(request).doOnNext((event) -> order.add(priority)));
		}
		for (int i = 2; i < 5; i++) {
			this.time.advanceTimeBy(Duration.ofSeconds(1));
			assertThat(this.provider.asked()).isEqualTo(i + 1);
			this.provider.answer(i);
		}
		assertThat(order).containsExactly(Priority.HIGH, Priority.NORMAL, Priority.LOW);
	}

	@Test
	void thoseOfLowerPriorityDelayNoCall() {
		for (int i = 0; i < 20; i++) {
			call(LlmRequest.builder()
				.messages(Message.user("hi"))
				.callOptions(CallOptions.builder().priority(Priority.LOW).build())
				.build());
		}
		assertThat(this.limiter.line().waitNow(Priority.LOW)).isEqualTo(Duration.ofSeconds(19).toNanos());
		assertThat(this.limiter.line().waitNow(Priority.NORMAL)).isEqualTo(Duration.ofSeconds(1).toNanos());
	}

	@Test
	void levelsStayInProportionWhenTheLimitChanges() {
		use(60, 6000, null, 0);
		for (int i = 0; i < 45; i++) {
			call(thousandTokens());
		}
		this.limiter.use(settings(120, 600, null, 0));
		assertThat(this.limiter.status()).returns(108L, RateLimitStatus::requests).returns(0L, RateLimitStatus::tokens);
		this.limiter.use(settings(60, 6000, null, 0));
		assertThat(this.limiter.status()).returns(54L, RateLimitStatus::requests).returns(0L, RateLimitStatus::tokens);
		this.limiter.use(settings(60, null, null, 0));
		assertThat(this.limiter.status()).returns(54L, RateLimitStatus::requests)
			.returns(Long.MAX_VALUE, RateLimitStatus::tokens);
	}

	@Test
	void levelsOfTenantsStayInProportionToo() {
		RateLimitSettings settings = TestSettings.of(RateLimitSettings.class, "burst", 2, "max-wait", "0s", "by",
				RateLimitSettings.By.TENANT);
		this.limiter = new RateLimiter(TARGET, settings);
		this.module = new RateLimitModule(new ContractModule(this.provider, TARGET), this.limiter);
		call(request("a"));
		call(request("a"));
		this.limiter.use(TestSettings.of(RateLimitSettings.class, "burst", 10, "max-wait", "0s", "by",
				RateLimitSettings.By.TENANT));
		assertThat(call(request("a")).kind()).isEqualTo(ErrorKind.THROTTLED);
		assertThat(call(request("b")).isOpen()).isTrue();
	}

	@Test
	void withoutABurstAWholeMinutesRequestsGoOutAtOnce() {
		use(60, null, null, 0);
		for (int i = 0; i < 70; i++) {
			call();
		}
		assertThat(this.provider.asked()).isEqualTo(60);
	}

	@Test
	void callThatWouldWaitTooLongIsRefusedAtOnceWithTheTimeToComeBack() {
		for (int i = 0; i < 32; i++) {
			call();
		}
		assertThat(this.limiter.rejection())
			.isEqualTo(new Rejection(ErrorKind.THROTTLED, "its rate limit is used up", Duration.ofSeconds(31)));
		Outcome refused = call();
		assertThat(refused.failure()).isInstanceOf(ThrottledException.class)
			.hasMessageContaining("test/model")
			.returns(ErrorKind.THROTTLED, LlmException::kind)
			.returns(Duration.ofSeconds(31), LlmException::retryAfter);
		this.time.advanceTimeBy(Duration.ofSeconds(30));
		assertThat(this.provider.asked()).isEqualTo(32);
		assertThat(this.limiter.status()).returns(0, RateLimitStatus::queued)
			.returns(32L, RateLimitStatus::admitted)
			.returns(1L, RateLimitStatus::refused);
	}

	@Test
	void waitBeyondTheDeadlineIsNotSlept() {
		call();
		call();
		call();
		Call call = new Call(Duration.ofMillis(1500), 10);
		Outcome refused = Outcome.of(this.module.exchange(LlmRequest.of("hi")), call);
		assertThat(refused.failure().retryAfter()).isEqualTo(Duration.ofSeconds(2));
		assertThat(call.trail().attempts()).singleElement()
			.returns(Attempt.Outcome.SKIPPED, Attempt::outcome)
			.returns(ErrorKind.THROTTLED, Attempt::error);
	}

	@Test
	void waitIsNotedInTheTrail() {
		call();
		call();
		Call call = new Call(Duration.ofMinutes(5), 10);
		Outcome waiting = Outcome.of(this.module.exchange(LlmRequest.of("hi")), call);
		this.time.advanceTimeBy(Duration.ofSeconds(1));
		this.provider.answer(2);
		assertThat(waiting.answer()).isNotNull();
		assertThat(call.trail().attempts()).singleElement().returns(Duration.ofSeconds(1), Attempt::waited);
	}

	@Test
	void firstComeFirstServedAlsoWhenSmallOnesWaitBehindALargeOne() {
		use(null, 2000, null, 60);
		List<String> order = new ArrayList<>();
		call(thousandTokens());
		call(thousandTokens());
		Flux.defer(() -> this.module.exchange(thousandTokens())).doOnNext((event) -> order.add("large")).subscribe();
		LlmRequest small = LlmRequest.of("hi").mutate().maxTokens(0).build();
		Flux.defer(() -> this.module.exchange(small)).doOnNext((event) -> order.add("small")).subscribe();
		this.time.advanceTimeBy(Duration.ofSeconds(29));
		assertThat(this.provider.asked()).isEqualTo(2);
		this.time.advanceTimeBy(Duration.ofSeconds(2));
		assertThat(this.provider.asked()).isEqualTo(4);
		this.provider.say(2, "first");
		this.provider.say(3, "second");
		assertThat(order).containsExactly("large", "small");
	}

	@Test
	void waiterThatWentAwayTakesNothingAndLetsTheNextOneGo() {
		call();
		call();
		Outcome gone = call();
		call();
		gone.cancel();
		this.time.advanceTimeBy(Duration.ofSeconds(1));
		assertThat(this.provider.asked()).isEqualTo(3);
		assertThat(this.limiter.status().queued()).isZero();
	}

	@Test
	void realUsageTakesThePlaceOfTheEstimate() {
		use(null, 10_000, null, 0);
		call(thousandTokens());
		assertThat(this.limiter.status().tokens()).isEqualTo(9000);
		this.provider.answer(0, Usage.of(3000, 500));
		assertThat(this.limiter.status().tokens()).isEqualTo(6500);
		call(thousandTokens());
		this.provider.answer(1, Usage.of(100, 50));
		assertThat(this.limiter.status().tokens()).isEqualTo(6350);
	}

	@Test
	void debtIsPaidBeforeTheNextCall() {
		use(null, 6000, null, 60);
		call(thousandTokens());
		this.provider.answer(0, Usage.of(8000, 0));
		assertThat(this.limiter.status().tokens()).isEqualTo(-2000);
		call(thousandTokens());
		this.time.advanceTimeBy(Duration.ofMillis(29_900));
		assertThat(this.provider.asked()).isOne();
		this.time.advanceTimeBy(Duration.ofMillis(200));
		assertThat(this.provider.asked()).isEqualTo(2);
	}

	@Test
	void tokensThatComeBackLetTheNextOneGoAtOnce() {
		use(null, 1000, null, 60);
		call(thousandTokens());
		call(thousandTokens());
		assertThat(this.provider.asked()).isOne();
		this.provider.answer(0, Usage.of(0, 0));
		this.time.advanceTimeBy(Duration.ofMillis(1));
		assertThat(this.provider.asked()).isEqualTo(2);
	}

	@Test
	void requestLargerThanTheLimitIsNotHeldForEver() {
		use(null, 500, null, 0);
		assertThat(call(thousandTokens()).isOpen()).isTrue();
		assertThat(this.limiter.status().tokens()).isZero();
	}

	@Test
	void everythingComesBackWhenNothingWasSent() {
		use(60, 10_000, null, 0);
		call(thousandTokens());
		this.provider.fail(0,
				LlmException.of(ErrorKind.NETWORK, "refused").cause(new ConnectException("refused")).build());
		call(thousandTokens());
		this.provider.fail(1, LlmException.of(ErrorKind.TIMEOUT, "connect").stage(TimeoutStage.CONNECT).build());
		call(thousandTokens());
		this.provider.fail(2, LlmException.of(ErrorKind.INVALID_REQUEST, "cannot take images").build());
		assertThat(this.limiter.status()).returns(60L, RateLimitStatus::requests)
			.returns(10_000L, RateLimitStatus::tokens);
	}

	@Test
	void gateBehindThatRefusesOrIsLeftGivesEverythingBack() {
		use(60, 10_000, null, 0);
		LlmProvider refusing = (request) -> Flux.error(LlmException.of(ErrorKind.BULKHEAD_FULL, "full").build());
		Outcome.of(new RateLimitModule(refusing, this.limiter).exchange(thousandTokens()));
		Outcome queued = Outcome
			.of(new RateLimitModule((request) -> Flux.never(), this.limiter).exchange(thousandTokens()));
		queued.cancel();
		assertThat(this.limiter.status()).returns(60L, RateLimitStatus::requests)
			.returns(10_000L, RateLimitStatus::tokens);
	}

	@Test
	void whatWasSentIsNotRefunded() {
		use(60, 10_000, null, 0);
		call(thousandTokens());
		this.provider.fail(0, LlmException.of(ErrorKind.SERVER_ERROR, "500").status(500).build());
		Outcome stream = call(thousandTokens());
		this.provider.say(1, "he");
		stream.cancel();
		assertThat(this.limiter.status()).returns(58L, RateLimitStatus::requests)
			.returns(8000L, RateLimitStatus::tokens);
	}

	@Test
	void whatWasCountedOfAnAnswerThatBrokeOffGivesNothingBack() {
		use(60, 10_000, null, 0);
		for (int counted : new int[] { 25, 3000 }) {
			call(thousandTokens());
			LlmResponse partial = LlmResponse.of("").withText("he", Usage.of(counted, 1));
			this.provider.say(this.provider.asked() - 1, "he");
			this.provider.fail(this.provider.asked() - 1,
					LlmException.of(ErrorKind.NETWORK, "reset").partial(partial).build());
		}
		assertThat(this.limiter.status().tokens()).isEqualTo(10_000 - 1000 - 3001);
	}

	@Test
	void whatIsSentAfterTheCallerWentAwayIsPaidFor() {
		use(60, 1000, 2, 30);
		LlmProvider sends = new ContractModule(this.provider, TARGET);
		BaseSubscriber<LlmEvent> caller = new BaseSubscriber<>() {
		};
		LlmProvider goesAway = (request) -> {
			caller.cancel();
			return sends.exchange(request);
		};
		Bulkhead bulkhead = new Bulkhead(TARGET, BulkheadSettings.of(1, 1, Duration.ofMinutes(1)));
		new RateLimitModule(new BulkheadModule(goesAway, bulkhead), this.limiter).exchange(thousandTokens())
			.subscribe(caller);
		assertThat(this.provider.asked()).isOne();
		assertThat(this.provider.running()).isZero();
		assertThat(bulkhead.status().running()).isZero();
		assertThat(this.limiter.status().requests()).isOne();
		assertThat(this.limiter.status().tokens()).isZero();
	}

	@Test
	void vendorThatSaysLessIsLeftLowersTheLevel() {
		use(60, 10_000, null, 0);
		this.limiter.observe(new VendorLimits(3L, 2000L));
		assertThat(this.limiter.status()).returns(3L, RateLimitStatus::requests)
			.returns(2000L, RateLimitStatus::tokens);
		this.limiter.observe(new VendorLimits(50L, null));
		assertThat(this.limiter.status().requests()).isEqualTo(3);
		this.limiter.observe(new VendorLimits(0L, null));
		assertThat(call().failure().retryAfter()).isEqualTo(Duration.ofSeconds(1));
	}

	@Test
	void expectedAnswerIsLearntAndNeverAboveWhatTheRequestAllows() {
		AnswerEstimate estimate = new AnswerEstimate();
		LlmRequest request = LlmRequest.of("x".repeat(400));
		assertThat(estimate.of(request)).isEqualTo(100 + 500);
		assertThat(estimate.of(request.mutate().maxTokens(10).build())).isEqualTo(110);
		for (int i = 0; i < 200; i++) {
			estimate.learn(50);
		}
		assertThat(estimate.of(request)).isEqualTo(150);
	}

	@Test
	void settingsNameTheKeyThatIsWrong() {
		assertThatIllegalArgumentException().isThrownBy(() -> settings(null, null, null, 1))
			.withMessageContaining("tokens-per-minute");
		assertThatIllegalArgumentException().isThrownBy(() -> settings(0, null, null, 1))
			.withMessageContaining("requests-per-minute");
		assertThatIllegalArgumentException().isThrownBy(() -> settings(null, 5, 5, 1)).withMessageContaining("burst");
		assertThatIllegalArgumentException().isThrownBy(() -> settings(5, 5, 5, -1)).withMessageContaining("max-wait");
	}

}
