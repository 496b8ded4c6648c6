package io.arcllm.module.hedge;

import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

import io.arcllm.Attempt;
import io.arcllm.CallOptions;
import io.arcllm.ErrorKind;
import io.arcllm.LlmEvent;
import io.arcllm.LlmException;
import io.arcllm.LlmProvider;
import io.arcllm.LlmRequest;
import io.arcllm.Tool;
import io.arcllm.WholeAndStreamed;
import io.arcllm.module.CallModule;
import io.arcllm.module.Candidate;
import io.arcllm.module.Percent;
import io.arcllm.module.Script;
import io.arcllm.module.Selection;
import io.arcllm.module.TestSettings;
import io.arcllm.module.fallback.Chain;
import io.arcllm.module.fallback.FallbackModule;
import io.arcllm.module.fallback.FallbackSettings;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.test.scheduler.VirtualTimeScheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class HedgeModuleTests {

	private static final Percent ALWAYS = Percent.of("100%");

	private final HedgeEngine engine = new HedgeEngine();

	private HedgeSettings settings = TestSettings.of(HedgeSettings.class, "after", "200ms", "max-ratio", ALWAYS);

	private VirtualTimeScheduler time;

	private final AtomicInteger cancelled = new AtomicInteger();

	@BeforeEach
	void startTime() {
		this.time = VirtualTimeScheduler.getOrSet();
		for (int i = 0; i < HedgeEngine.ENOUGH; i++) {
			this.engine.took(false, 1);
		}
	}

	@AfterEach
	void stopTime() {
		VirtualTimeScheduler.reset();
	}

	@WholeAndStreamed
	void nextTargetIsAskedTooAfterTheDelayAndTheFirstToSpeakWins(boolean streaming) {
		Script second = new Script("b", Script.says("from b").delaySequence(Duration.ofMillis(100)));
		Heard heard = ask(streaming, silent("a"), second);
		pass(199);
		assertThat(second.asked()).isZero();
		pass(1);
		assertThat(second.asked()).isEqualTo(1);
		pass(100);
		assertThat(heard.answer()).isEqualTo("from b");
		assertThat(this.cancelled).hasValue(1);
		assertThat(heard.outcomes()).containsExactly("a CANCELLED", "b COMPLETED");
		assertThat(heard.answer.answer().trail().attempts()).extracting(Attempt::cause)
			.containsExactly(Attempt.Cause.FIRST, Attempt.Cause.HEDGE);
	}

	@WholeAndStreamed
	void firstTargetMayStillWin(boolean streaming) {
		Script first = new Script("a", Script.says("from a").delaySequence(Duration.ofMillis(300)));
		Heard heard = ask(streaming, first, silent("b"));
		pass(300);
		assertThat(heard.answer()).isEqualTo("from a");
		assertThat(this.cancelled).hasValue(1);
		assertThat(heard.outcomes()).containsExactly("b CANCELLED", "a COMPLETED");
	}

	@WholeAndStreamed
	void fastTargetIsNotHedged(boolean streaming) {
		Script second = silent("b");
		Heard heard = ask(streaming, new Script("a", Script.says("from a")), second);
		pass(1000);
		assertThat(heard.answer()).isEqualTo("from a");
		assertThat(second.asked()).isZero();
	}

	@WholeAndStreamed
	void fastFailureMovesOnAtOnce(boolean streaming) {
		Script second = new Script("b", Script.says("from b"));
		Heard heard = ask(streaming, new Script("a", Script.fails(ErrorKind.SERVER_ERROR)), second);
		assertThat(heard.answer()).isEqualTo("from b");
		assertThat(second.asked()).isEqualTo(1);
	}

	@WholeAndStreamed
	void failureOfOneWaitsForTheOther(boolean streaming) {
		Script first = new Script("a", Script.fails(ErrorKind.SERVER_ERROR).delaySubscription(Duration.ofMillis(250)));
		Script second = new Script("b", Script.says("from b").delaySequence(Duration.ofMillis(100)));
		Heard heard = ask(streaming, first, second);
		pass(299);
		assertThat(heard.answer).isNull();
		pass(1);
		assertThat(heard.answer()).isEqualTo("from b");
		assertThat(second.asked()).isEqualTo(1);
	}

	@WholeAndStreamed
	void nobodyIsAskedTwiceWhenBothFail(boolean streaming) {
		Script first = new Script("a", Script.fails(ErrorKind.SERVER_ERROR).delaySubscription(Duration.ofMillis(250)));
		Script second = new Script("b", Script.fails(ErrorKind.SERVER_ERROR));
		Script third = new Script("c", Script.says("from c"));
		Heard heard = ask(streaming, first, second, third);
		pass(250);
		assertThat(heard.answer()).isEqualTo("from c");
		assertThat(List.of(first.asked(), second.asked(), third.asked())).containsExactly(1, 1, 1);
	}

	@Test
	void requestsWithToolsAreNotHedgedUnlessAllowed() {
		LlmRequest tools = LlmRequest.of("Hi").mutate().tools(new Tool("find", "Finds", Map.of(), null)).build();
		Script second = new Script("b", Script.says("from b"));
		ask(tools, silent("a"), second);
		pass(1000);
		assertThat(second.asked()).isZero();
		this.settings = TestSettings.of(HedgeSettings.class, "after", "200ms", "minimum-delay", "0s", "max-ratio",
				ALWAYS, "allow-tools", true);
		ask(tools, silent("a"), second);
		pass(1000);
		assertThat(second.asked()).isEqualTo(1);
	}

	@Test
	void noMoreThanTheRatioOfCallsIsHedged() {
		this.settings = TestSettings.of(HedgeSettings.class, "after", "200ms", "minimum-delay", "0s");
		Script second = new Script("b", Script.says("from b"));
		LlmProvider stack = stack(silent("a"), second);
		for (int i = 0; i < 200; i++) {
			stack.exchange(LlmRequest.of("Hi")).subscribe();
			pass(200);
		}
		assertThat(second.asked()).isEqualTo(10);
	}

	@Test
	void wholeAnswersAreHedgedAfterTheirOwnPercentileAndNotBeforeItIsKnown() {
		HedgeEngine engine = new HedgeEngine();
		for (String after : List.of("200ms", "p50", "p95")) {
			HedgeSettings settings = TestSettings.of(HedgeSettings.class, "after", after);
			assertThat(engine.delay(false, settings)).as(after).isNull();
			assertThat(engine.delay(true, settings)).as(after).isNotNull();
		}
		for (int i = 1; i <= HedgeEngine.ENOUGH; i++) {
			engine.took(false, Duration.ofSeconds(i).toNanos());
		}
		for (String after : List.of("200ms", "p50", "p95")) {
			assertThat(engine.delay(false, TestSettings.of(HedgeSettings.class, "after", after))).as(after)
				.hasSeconds(19);
		}
		assertThat(engine.delay(false, TestSettings.of(HedgeSettings.class, "after", "30s"))).hasSeconds(30);
	}

	@Test
	void delayIsThePercentileOfThatTargetOnceEnoughIsKnown() {
		HedgeSettings p95 = TestSettings.of(HedgeSettings.class, "max-ratio", ALWAYS);
		for (int i = 1; i < HedgeEngine.ENOUGH; i++) {
			this.engine.took(true, Duration.ofMillis(900).toNanos());
		}
		assertThat(this.engine.delay(true, p95)).hasMillis(500);
		for (int i = 1; i <= 256; i++) {
			this.engine.took(true, Duration.ofMillis(i * 10L).toNanos());
		}
		assertThat(this.engine.delay(true, p95)).hasMillis(2440);
		assertThat(this.engine.delay(false, p95)).hasMillis(500);
	}

	@Test
	void cancellingClosesBoth() {
		Heard heard = ask(true, silent("a"), silent("b"));
		pass(250);
		heard.subscription.dispose();
		assertThat(this.cancelled).hasValue(2);
	}

	@Test
	void whatIsNoTimeIsRefused() {
		assertThat(HedgeDelay.of("p99")).hasToString("p99");
		assertThatIllegalArgumentException().isThrownBy(() -> HedgeDelay.of("p100"));
		assertThatIllegalArgumentException().isThrownBy(() -> HedgeDelay.of("soon"));
	}

	private void pass(long millis) {
		this.time.advanceTimeBy(Duration.ofMillis(millis));
	}

	private Script silent(String name) {
		return new Script(name, Flux.<LlmEvent>never().doOnCancel(this.cancelled::incrementAndGet));
	}

	private Heard ask(boolean streaming, Script... targets) {
		return ask(LlmRequest.of("Hi").withStreaming(streaming), targets);
	}

	private Heard ask(LlmRequest request, Script... targets) {
		Heard heard = new Heard();
		heard.subscription = stack(targets).exchange(request)
			.subscribe((event) -> heard.answer = event, (ex) -> heard.failure = (LlmException) ex);
		return heard;
	}

	private LlmProvider stack(Script... targets) {
		List<Candidate> chain = Arrays.stream(targets).map(Script::candidate).toList();
		LlmProvider hedged = new HedgeModule(chain.get(0), chain.subList(1, chain.size()), this.settings, this.engine);
		List<Candidate> all = new java.util.ArrayList<>(chain);
		all.set(0, targets[0].candidate(hedged));
		FallbackSettings settings = TestSettings.of(FallbackSettings.class, "on", EnumSet.of(ErrorKind.SERVER_ERROR));
		LlmProvider fallback = new FallbackModule(new Chain(all, List.of(), List.of()), settings, Selection.ORDERED);
		return new CallModule(new CallModule.Limits(Duration.ofMinutes(1), 10), CallOptions.NONE,
				(options) -> fallback);
	}

	private static final class Heard {

		private reactor.core.Disposable subscription;

		private LlmEvent answer;

		private LlmException failure;

		String answer() {
			assertThat(this.failure).isNull();
			return this.answer.answer().text();
		}

		List<String> outcomes() {
			List<Attempt> attempts = this.answer.answer().trail().attempts();
			return attempts.stream().map((one) -> one.target().provider() + " " + one.outcome()).toList();
		}

	}

}
