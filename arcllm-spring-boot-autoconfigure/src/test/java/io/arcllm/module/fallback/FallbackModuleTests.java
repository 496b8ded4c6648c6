package io.arcllm.module.fallback;

import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

import io.arcllm.Attempt;
import io.arcllm.Content;
import io.arcllm.ErrorKind;
import io.arcllm.LlmEvent;
import io.arcllm.LlmException;
import io.arcllm.LlmProvider;
import io.arcllm.LlmRequest;
import io.arcllm.LlmResponse;
import io.arcllm.Message;
import io.arcllm.Target;
import io.arcllm.TimeoutStage;
import io.arcllm.Trail;
import io.arcllm.WholeAndStreamed;
import io.arcllm.module.Call;
import io.arcllm.module.Candidate;
import io.arcllm.module.Outcome;
import io.arcllm.module.Script;
import io.arcllm.module.Selection;
import io.arcllm.module.TestSettings;
import io.arcllm.module.VirtualTime;
import io.arcllm.module.retry.RetryBudget;
import io.arcllm.module.retry.RetryEngine;
import io.arcllm.module.retry.RetryModule;
import io.arcllm.module.retry.RetrySettings;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Flux;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

@ExtendWith(OutputCaptureExtension.class)
class FallbackModuleTests {

	private static final Set<ErrorKind> ON = EnumSet.of(ErrorKind.RATE_LIMITED, ErrorKind.OVERLOADED,
			ErrorKind.SERVER_ERROR, ErrorKind.NETWORK, ErrorKind.TIMEOUT, ErrorKind.PROTOCOL, ErrorKind.QUOTA_EXHAUSTED,
			ErrorKind.AUTHENTICATION, ErrorKind.PERMISSION, ErrorKind.MODEL_NOT_FOUND, ErrorKind.CONTEXT_WINDOW,
			ErrorKind.UNSUPPORTED, ErrorKind.CIRCUIT_OPEN, ErrorKind.THROTTLED, ErrorKind.BULKHEAD_FULL);

	@RegisterExtension
	final VirtualTime time = new VirtualTime();

	private Call call = new Call(Duration.ofMinutes(10), 10);

	@BeforeEach
	void callBegins() {
		this.call = new Call(Duration.ofMinutes(10), 10);
	}

	private static FallbackSettings settings(FallbackSettings.OnExhausted onExhausted) {
		return TestSettings.of(FallbackSettings.class, "on", ON, "on-exhausted", onExhausted);
	}

	private static LlmProvider chain(Script... scripts) {
		return chain(new Chain(candidates(scripts), List.of(), List.of()));
	}

	private static LlmProvider chain(Chain chain) {
		return new FallbackModule(chain, settings(FallbackSettings.OnExhausted.PRIMARY), Selection.ORDERED);
	}

	private static List<Candidate> candidates(Script... scripts) {
		return Stream.of(scripts).map(Script::candidate).toList();
	}

	private static LlmProvider retry(LlmProvider inner, boolean respectRetryAfter) {
		RetrySettings settings = TestSettings.of(RetrySettings.class, "strategy", RetrySettings.Strategy.FIXED,
				"jitter", false, "retryable-status-codes", Set.of(408, 429, 500, 503, 529), "on",
				EnumSet.of(ErrorKind.TIMEOUT, ErrorKind.NETWORK), "respect-retry-after", respectRetryAfter,
				"budget.ratio", 1, "budget.min-per-second", 1000);
		return new RetryModule(inner, new RetryEngine(settings, new RetryBudget(settings.budget(), System::nanoTime)));
	}

	private Outcome ask(LlmProvider stack, boolean streaming) {
		return ask(stack, LlmRequest.of("hi").withStreaming(streaming));
	}

	private Outcome ask(LlmProvider stack, LlmRequest request) {
		Outcome outcome = Outcome.of(stack.exchange(request), this.call);
		this.time.passes(Duration.ofMinutes(9));
		return outcome;
	}

	private static Flux<LlmEvent> rateLimited(long seconds) {
		return Script.fails(ErrorKind.RATE_LIMITED, 429, Duration.ofSeconds(seconds));
	}

	private static Flux<LlmEvent> overloaded() {
		return Script.fails(ErrorKind.OVERLOADED, 529, null);
	}

	@WholeAndStreamed
	void primaryThatAnswersIsAskedAlone(boolean streaming) {
		Script first = new Script("a", Script.says("hi"));
		Script second = new Script("b", Script.says("never"));
		assertThat(ask(chain(first, second), streaming).answer()).extracting(LlmResponse::text).isEqualTo("hi");
		assertThat(second.asked()).isZero();
	}

	@WholeAndStreamed
	void secondAndThirdTargetAreAskedInOrderAndAtOnce(boolean streaming) {
		Script first = new Script("a", overloaded());
		Script second = new Script("b", Script.fails(ErrorKind.NETWORK));
		Script third = new Script("c", Script.says("third"));
		Outcome outcome = Outcome.of(chain(first, second, third).exchange(LlmRequest.of("hi").withStreaming(streaming)),
				this.call);
		assertThat(outcome.answer()).extracting(LlmResponse::text).isEqualTo("third");
		assertThat(this.call.trail().attempts()).extracting((one) -> one.target().provider())
			.containsExactly("a", "b", "c");
	}

	@ParameterizedTest
	@EnumSource(ErrorKind.class)
	void kindDecidesWhetherTheNextIsAsked(ErrorKind kind) {
		for (boolean streaming : new boolean[] { false, true }) {
			Script second = new Script("b", Script.says("hi"));
			ask(chain(new Script("a", Script.fails(kind)), second), streaming);
			boolean next = kind.failsOver() || kind == ErrorKind.INTERRUPTED;
			assertThat(second.asked()).isEqualTo(next ? 1 : 0);
		}
	}

	@WholeAndStreamed
	void allFailedThrowsThePrimarysErrorWithTheOthers(boolean streaming) {
		LlmProvider stack = chain(new Script("a", overloaded()), new Script("b", Script.fails(ErrorKind.NETWORK)),
				new Script("c", Script.fails(ErrorKind.AUTHENTICATION)));
		LlmException failure = ask(stack, streaming).failure();
		assertThat(failure.kind()).isEqualTo(ErrorKind.OVERLOADED);
		assertThat(failure.others()).extracting(LlmException::kind)
			.containsExactly(ErrorKind.NETWORK, ErrorKind.AUTHENTICATION);
		assertThat(failure).hasMessageContaining("a/m -> b/m -> c/m");
	}

	@WholeAndStreamed
	void allFailedThrowsTheLastErrorWhereThatIsWanted(boolean streaming) {
		Chain chain = new Chain(
				candidates(new Script("a", overloaded()), new Script("b", Script.fails(ErrorKind.NETWORK))), List.of(),
				List.of());
		LlmProvider stack = new FallbackModule(chain, settings(FallbackSettings.OnExhausted.LAST), Selection.ORDERED);
		LlmException failure = ask(stack, streaming).failure();
		assertThat(failure.kind()).isEqualTo(ErrorKind.NETWORK);
		assertThat(failure.others()).extracting(LlmException::kind).containsExactly(ErrorKind.OVERLOADED);
	}

	@WholeAndStreamed
	void emptyChainPassesThrough(boolean streaming) {
		LlmException own = LlmException.of(ErrorKind.OVERLOADED, "busy").build();
		LlmException failure = ask(chain(new Script("a", Flux.error(own))), streaming).failure();
		assertThat(failure).isSameAs(own).hasMessage("busy").hasNoSuppressedExceptions();
	}

	@WholeAndStreamed
	void wordsOfASecondTargetAreNeverFollowedByAThirds(boolean streaming) {
		Script third = new Script("c", Script.says("Hello"));
		LlmProvider stack = retry(
				chain(new Script("a", overloaded()), new Script("b", Script.breaksAfter("Hel")), third), true);
		Outcome outcome = ask(stack, streaming);
		assertThat(outcome.events()).hasSize(1);
		assertThat(outcome.failure().kind()).isEqualTo(ErrorKind.INTERRUPTED);
		assertThat(outcome.failure().partial()).extracting(LlmResponse::text).isEqualTo("Hel");
		assertThat(third.asked()).isZero();
	}

	@WholeAndStreamed
	void deadlineDuringASecondTargetIsTold(boolean streaming) {
		this.call = new Call(Duration.ofSeconds(5), 10);
		Outcome outcome = ask(retry(chain(new Script("a", overloaded()), new Script("b", Flux.never())), true),
				streaming);
		assertThat(outcome.kind()).isEqualTo(ErrorKind.DEADLINE_EXCEEDED);
		assertThat(outcome.failure().others()).extracting(LlmException::kind).containsExactly(ErrorKind.OVERLOADED);
	}

	@WholeAndStreamed
	void soonestTargetIsAskedAfterAllWereDown(boolean streaming) {
		Script slow = new Script("a", rateLimited(30), Script.says("slow"));
		Script soon = new Script("b", rateLimited(10), Script.says("soon"));
		Outcome outcome = ask(retry(chain(slow, soon), true), streaming);
		assertThat(outcome.answer()).extracting(LlmResponse::text).isEqualTo("soon");
		assertThat(slow.asked()).isOne();
		assertThat(soon.gapAfter(0)).isBetween(Duration.ofSeconds(10), Duration.ofSeconds(11));
	}

	@WholeAndStreamed
	void soonestOfAllTooLongWaitsIsTold(boolean streaming) {
		Script first = new Script("a", rateLimited(300));
		Script second = new Script("b", rateLimited(120));
		LlmException failure = ask(retry(chain(first, second), true), streaming).failure();
		assertThat(failure.retryAfter()).isEqualTo(Duration.ofSeconds(120));
		assertThat(failure.details().retryAfter()).isEqualTo(Duration.ofSeconds(300));
		assertThat(first.asked() + second.asked()).isEqualTo(2);
	}

	@WholeAndStreamed
	void waitOfAnotherIsToldOnlyWhereThePrimaryIsOfNoUse(boolean streaming) {
		Script refused = new Script("a", Script.fails(ErrorKind.AUTHENTICATION));
		assertThat(ask(chain(refused, new Script("b", rateLimited(120))), streaming).failure().retryAfter())
			.isEqualTo(Duration.ofSeconds(120));
		callBegins();
		assertThat(ask(chain(new Script("a", overloaded()), new Script("b", rateLimited(120))), streaming).failure()
			.retryAfter()).isNull();
	}

	@WholeAndStreamed
	void exceptionThatIsThrownAgainAndAgainCarriesNothingFromCallToCall(boolean streaming) {
		LlmException shared = LlmException.of(ErrorKind.OVERLOADED, "busy").build();
		LlmProvider stack = chain(new Script("a", Flux.error(shared)), new Script("b", overloaded()));
		for (int i = 0; i < 3; i++) {
			callBegins();
			LlmException failure = ask(stack, streaming).failure();
			assertThat(failure.others()).hasSize(1);
			assertThat(failure).hasMessage("busy (all failed: a/m -> b/m)");
			assertThat(failure.getStackTrace()).isEqualTo(shared.getStackTrace());
		}
		assertThat(shared).hasMessage("busy").hasNoSuppressedExceptions();
	}

	@WholeAndStreamed
	void ownTypeOfExceptionThatIsThrownAgainAndAgainIsKeptAndGrowsNot(boolean streaming) {
		class MyException extends LlmException {

			MyException() {
				super(LlmException.of(ErrorKind.OVERLOADED, "").details(), "mine", null);
			}

		}
		MyException shared = new MyException();
		LlmProvider stack = chain(new Script("a", Flux.error(shared)), new Script("b", overloaded()));
		for (int i = 0; i < 3; i++) {
			callBegins();
			assertThat(ask(stack, streaming).failure()).isInstanceOf(MyException.class);
		}
		assertThat(shared.getSuppressed()).hasSize(1);
	}

	@Test
	void trailOfOneCallIsNotThatOfAnother() {
		LlmException shared = LlmException.of(ErrorKind.OVERLOADED, "busy").build();
		LlmException first = shared.withTrail(trailOf("a"));
		LlmException second = shared.exhausted("a -> b", List.of(new IllegalStateException())).withTrail(trailOf("b"));
		LlmException third = shared.withTrail(trailOf("c"));
		assertThat(List.of(first.trail(), second.trail(), third.trail())).containsExactly(trailOf("a"), trailOf("b"),
				trailOf("c"));
		assertThat(second).hasMessageContaining("a -> b");
		assertThat(second.getSuppressed()).hasSize(1);
	}

	private static Trail trailOf(String target) {
		return new Trail(List.of(Attempt.skipped(new Target(target, null), Duration.ZERO, null, "")));
	}

	@WholeAndStreamed
	void pausedTargetIsNotAskedEarlyAndNotLate(boolean streaming) {
		Script paused = new Script("a", rateLimited(30), Script.says("hi"));
		Script other = new Script("b", rateLimited(10), rateLimited(50));
		Outcome outcome = ask(retry(chain(paused, other), true), streaming);
		assertThat(outcome.answer()).isNotNull();
		assertThat(paused.gapAfter(0)).isBetween(Duration.ofSeconds(30), Duration.ofSeconds(33));
		assertThat(this.call.trail().attempts()).extracting(Attempt::outcome).contains(Attempt.Outcome.SKIPPED);
	}

	@WholeAndStreamed
	void targetThatRefusedTheKeyIsNotAskedAgain(boolean streaming) {
		Script refusing = new Script("a", Script.fails(ErrorKind.AUTHENTICATION, 401, null));
		Script other = new Script("b", overloaded(), Script.says("hi"));
		Outcome outcome = ask(retry(chain(refusing, other), true), streaming);
		assertThat(outcome.answer()).isNotNull();
		assertThat(refusing.asked()).isOne();
	}

	@WholeAndStreamed
	void pauseCountsForNothingWhereWaitsAreNotRespected(boolean streaming) {
		Script first = new Script("a", rateLimited(3000), Script.says("hi"));
		Script second = new Script("b", rateLimited(3000));
		Outcome outcome = ask(retry(chain(first, second), false), streaming);
		assertThat(outcome.answer()).isNotNull();
		assertThat(first.gapAfter(0)).isEqualTo(Duration.ofSeconds(1));
	}

	@WholeAndStreamed
	void silentTargetIsAskedAgainOnlyWhereNoOtherIsLeft(boolean streaming) {
		Script first = new Script("a", silence());
		Script second = new Script("b", silence(), Script.says("hi"));
		Chain chain = new Chain(
				List.of(first.candidate(retry(first.guarded(), true)), second.candidate(retry(second.guarded(), true))),
				List.of(), List.of());
		assertThat(ask(chain(chain), streaming).answer()).isNotNull();
		assertThat(first.asked()).isOne();
		assertThat(second.asked()).isEqualTo(2);
	}

	@WholeAndStreamed
	void timeoutThatIsNoSilenceIsAskedAgainBeforeTheNext(boolean streaming) {
		for (Flux<LlmEvent> timeout : List.of(Script.fails(ErrorKind.TIMEOUT, 408, null),
				timeout(TimeoutStage.CONNECT))) {
			callBegins();
			Script first = new Script("a", timeout, Script.says("hi"));
			Script second = new Script("b", Script.says("never"));
			Chain chain = new Chain(List.of(first.candidate(retry(first.guarded(), true)), second.candidate()),
					List.of(), List.of());
			assertThat(ask(chain(chain), streaming).answer()).extracting(LlmResponse::text).isEqualTo("hi");
		}
	}

	@WholeAndStreamed
	void silentTargetOfAChainIsAskedAgainOnlyWhereNoOtherIsLeft(boolean streaming) {
		Script silent = new Script("a", silence(), Script.says("late"));
		Script other = new Script("b", overloaded(), Script.says("hi"));
		assertThat(ask(retry(chain(silent, other), true), streaming).answer()).extracting(LlmResponse::text)
			.isEqualTo("hi");
		assertThat(silent.asked()).isOne();
		callBegins();
		Script alone = new Script("a", silence(), Script.says("late"));
		Script hopeless = new Script("b", Script.fails(ErrorKind.INVALID_REQUEST));
		assertThat(ask(retry(chain(alone, hopeless), true), streaming).answer()).extracting(LlmResponse::text)
			.isEqualTo("late");
	}

	@WholeAndStreamed
	void overloadedTargetIsNotAskedBeforeItsWaitIsOver(boolean streaming) {
		Script paused = new Script("a", Script.fails(ErrorKind.OVERLOADED, 503, Duration.ofSeconds(30)),
				Script.says("never"));
		Script other = new Script("b", rateLimited(2), Script.says("hi"));
		assertThat(ask(retry(chain(paused, other), true), streaming).answer()).extracting(LlmResponse::text)
			.isEqualTo("hi");
		assertThat(paused.asked()).isOne();
	}

	private static Flux<LlmEvent> silence() {
		return timeout(TimeoutStage.FIRST_TOKEN);
	}

	private static Flux<LlmEvent> timeout(TimeoutStage stage) {
		return Flux.error(() -> LlmException.of(ErrorKind.TIMEOUT, "silent").stage(stage).build());
	}

	@WholeAndStreamed
	void requestTooLongGoesDownItsOwnChain(boolean streaming) {
		Script usual = new Script("b", Script.says("never"));
		Script large = new Script("c", Script.says("large"));
		Chain chain = new Chain(candidates(new Script("a", Script.fails(ErrorKind.CONTEXT_WINDOW)), usual),
				candidates(large), List.of());
		assertThat(ask(chain(chain), streaming).answer()).extracting(LlmResponse::text).isEqualTo("large");
		assertThat(usual.asked()).isZero();
	}

	@WholeAndStreamed
	void refusedContentGoesDownItsOwnChainOnly(boolean streaming) {
		Script usual = new Script("b", Script.says("never"));
		Script lenient = new Script("c", Script.says("well"));
		Script refusing = new Script("a", Script.fails(ErrorKind.CONTENT_POLICY));
		Chain chain = new Chain(candidates(refusing, usual), List.of(), candidates(lenient));
		assertThat(ask(chain(chain), streaming).answer()).extracting(LlmResponse::text).isEqualTo("well");
		assertThat(ask(chain(refusing, usual), streaming).kind()).isEqualTo(ErrorKind.CONTENT_POLICY);
		assertThat(usual.asked()).isZero();
	}

	@WholeAndStreamed
	void refusedKeyIsLoggedAsAnError(boolean streaming, CapturedOutput output) {
		ask(chain(new Script("a", Script.fails(ErrorKind.AUTHENTICATION)), new Script("b", Script.says("hi"))),
				streaming);
		assertThat(output.getAll().lines()).anyMatch((line) -> line.contains("ERROR") && line.contains("asking b/m"));
		callBegins();
		ask(chain(new Script("a", overloaded()), new Script("c", Script.says("hi"))), streaming);
		assertThat(output.getAll().lines()).anyMatch((line) -> line.contains("WARN") && line.contains("asking c/m"));
	}

	@WholeAndStreamed
	void hopLeavesOutWhatOnlyThePrimaryUnderstands(boolean streaming) {
		Content.Thinking signed = new Content.Thinking("hm", "signature", null, "a");
		Content.Thinking own = new Content.Thinking("so", "signature", null, "b");
		LlmRequest request = LlmRequest.builder()
			.messages(Message.user("hi"), Message.assistant(List.of(signed, own, new Content.Text("yes"))))
			.options(Map.of("service_tier", "fast"))
			.model("own")
			.maxTokens(5)
			.streaming(streaming)
			.build();
		Script first = new Script("a", overloaded());
		Script second = new Script("b", Script.says("hi"));
		ask(chain(first, second), request);
		assertThat(first.lastRequest()).isEqualTo(request);
		assertThat(second.lastRequest().options()).isEmpty();
		assertThat(second.lastRequest().model()).isEqualTo("m");
		assertThat(second.lastRequest().maxTokens()).isEqualTo(5);
		assertThat(second.lastRequest().messages().get(1).content()).containsExactly(own, new Content.Text("yes"));
	}

	@WholeAndStreamed
	void chainInsideAChainIsNotGoneDown(boolean streaming) {
		Script primary = new Script("a", overloaded());
		LlmProvider[] own = new LlmProvider[1];
		Script mine = new Script("mine", Flux.defer(() -> own[0].exchange(LlmRequest.of("again"))));
		own[0] = chain(primary, mine);
		Outcome outcome = ask(own[0], streaming);
		assertThat(outcome.kind()).isEqualTo(ErrorKind.OVERLOADED);
		assertThat(primary.asked()).isEqualTo(2);
		assertThat(mine.asked()).isOne();
	}

}
