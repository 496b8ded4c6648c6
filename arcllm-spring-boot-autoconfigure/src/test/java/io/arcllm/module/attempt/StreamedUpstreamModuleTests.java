package io.arcllm.module.attempt;

import java.time.Duration;
import java.util.List;
import java.util.Map;

import io.arcllm.Attempt;
import io.arcllm.Content;
import io.arcllm.ErrorKind;
import io.arcllm.LlmEvent;
import io.arcllm.LlmException;
import io.arcllm.LlmProvider;
import io.arcllm.LlmRequest;
import io.arcllm.LlmResponse;
import io.arcllm.RefusedParameter;
import io.arcllm.Target;
import io.arcllm.TimeoutStage;
import io.arcllm.ToolCall;
import io.arcllm.module.AttemptLimits;
import io.arcllm.module.Call;
import io.arcllm.module.ModuleClock;
import io.arcllm.module.Outcome;
import io.arcllm.module.Scope;
import io.arcllm.module.Script;
import io.arcllm.module.TestProvider;
import io.arcllm.module.VirtualTime;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import reactor.core.publisher.Flux;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Whole answers that are asked for as streams.
 */
class StreamedUpstreamModuleTests {

	private static final Target TARGET = new Target("test", "m");

	private static final AttemptLimits LIMITS = new AttemptLimits(Duration.ofSeconds(120), Duration.ofSeconds(60),
			Duration.ofSeconds(60));

	@RegisterExtension
	final VirtualTime time = new VirtualTime();

	private Call call;

	private final RefusedParameters refusals = new RefusedParameters(ModuleClock::nanos);

	@BeforeEach
	void call() {
		this.call = new Call(Duration.ofMinutes(10), 10);
	}

	private Outcome ask(LlmProvider provider) {
		Flux<LlmEvent> answer = new StreamedUpstreamModule(new ContractModule(provider, TARGET), TARGET, this.refusals,
				(target) -> false)
			.exchange(LlmRequest.of("Hi"));
		return Outcome.of(answer.contextWrite((context) -> Scope.of(context).within(LIMITS).into(context)), this.call);
	}

	@Test
	void answerIsWholeAndItsWordsAreNotPassedOn() {
		Script script = new Script("test", Script.says("Hello"));
		Outcome outcome = ask(script);
		assertThat(script.lastRequest().streaming()).isTrue();
		assertThat(outcome.events()).hasSize(1);
		assertThat(outcome.answer().text()).isEqualTo("Hello");
	}

	@Test
	void modelThatThinksLongIsBoundByItsSilence() {
		TestProvider provider = new TestProvider();
		Outcome outcome = ask(provider);
		for (int i = 0; i < 15; i++) {
			this.time.seconds(10);
			provider.say(0, "hm");
		}
		provider.answer(0);
		assertThat(outcome.answer()).isNotNull();
		assertThat(this.call.trail().attempts()).hasSize(1);
	}

	@Test
	void modelThatThinksLongIsATimeoutWhereItIsAskedForAWholeAnswer() {
		Outcome outcome = Outcome.of(new ContractModule(new TestProvider(), TARGET).exchange(LlmRequest.of("Hi"))
			.contextWrite((context) -> Scope.of(context).within(LIMITS).into(context)), this.call);
		this.time.seconds(119);
		assertThat(this.call.trail().attempts()).isEmpty();
		this.time.seconds(2);
		assertThat(outcome.failure().kind()).isEqualTo(ErrorKind.TIMEOUT);
		assertThat(outcome.failure().stage()).isEqualTo(TimeoutStage.ATTEMPT);
	}

	@Test
	void wholeAnswerOfOneMessageHasItsWordsInOnePiece() {
		List<Content> streamed = List.of(new Content.Thinking("hm", null, null, "test"), new Content.Text("It "),
				ToolCall.of("a", "f", Map.of()), new Content.Text("is"),
				new Content.Thinking(", yes", null, null, "test"), ToolCall.of("b", "f", Map.of()));
		LlmResponse answer = LlmResponse.builder().target(TARGET).content(streamed).build();
		Script script = new Script("test", Flux.just(new LlmEvent.TextDelta("It is"), new LlmEvent.Completed(answer)));
		for (boolean inOneMessage : List.of(true, false)) {
			Outcome outcome = Outcome.of(
					new StreamedUpstreamModule(new ContractModule(script, TARGET), TARGET, this.refusals,
							(target) -> false, inOneMessage)
						.exchange(LlmRequest.of("Hi")),
					new Call(Duration.ofMinutes(10), 10));
			assertThat(outcome.answer().content())
				.isEqualTo(!inOneMessage ? streamed : List.of(new Content.Thinking("hm, yes", null, null, "test"),
						new Content.Text("It is"), streamed.get(2), streamed.get(5)));
		}
	}

	@Test
	void silenceBeforeTheFirstWordIsATimeout() {
		Outcome outcome = ask(new TestProvider());
		this.time.seconds(61);
		assertThat(outcome.failure().stage()).isEqualTo(TimeoutStage.FIRST_TOKEN);
	}

	@Test
	void cutLeavesAPartAndMayBeTriedAgain() {
		LlmException failure = ask(new Script("test", Script.breaksAfter("Once upon"))).failure();
		assertThat(failure.kind()).isEqualTo(ErrorKind.INTERRUPTED);
		assertThat(failure.partial().text()).isEqualTo("Once upon");
		assertThat(failure.isRetryable()).isTrue();
		assertThat(failure.failsOver()).isTrue();
	}

	@Test
	void vendorThatRefusesToStreamIsAskedWholeAndThatIsRemembered() {
		Flux<LlmEvent> refusal = Flux.error(
				() -> LlmException.of(ErrorKind.PERMISSION, "Your organization must be verified to stream this model.")
					.status(400)
					.refusedParameter(new RefusedParameter("streaming", RefusedParameter.Why.PARAMETER, null))
					.build());
		Script script = new Script("test", refusal, Script.says("Hello"));
		assertThat(ask(script).answer().text()).isEqualTo("Hello");
		assertThat(script.lastRequest().streaming()).isFalse();
		assertThat(this.call.trail().attempts()).extracting(Attempt::outcome)
			.isEqualTo(List.of(Attempt.Outcome.FAILED, Attempt.Outcome.COMPLETED));
		assertThat(this.call.trail().attempts()).extracting(Attempt::cause)
			.isEqualTo(List.of(Attempt.Cause.FIRST, Attempt.Cause.WITHOUT_PARAMETERS));
		assertThat(ask(script).answer().text()).isEqualTo("Hello");
		assertThat(script.asked()).isEqualTo(3);
		this.time.seconds(3700);
		Outcome later = Outcome
			.of(new StreamedUpstreamModule(new ContractModule(script, TARGET), TARGET, this.refusals, (target) -> false)
				.exchange(LlmRequest.of("Hi")));
		assertThat(later.answer()).isNotNull();
		assertThat(script.lastRequest().streaming()).isTrue();
	}

	@Test
	void streamedCallStaysAStream() {
		Outcome outcome = Outcome.of(new StreamedUpstreamModule(new Script("test", Script.says("Hello")).guarded(),
				TARGET, this.refusals, (target) -> false)
			.stream(LlmRequest.of("Hi")));
		assertThat(outcome.events()).hasSize(2);
	}

}
