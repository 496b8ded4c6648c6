package io.arcllm.module.fallback;

import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

import io.arcllm.CallOptions;
import io.arcllm.ErrorKind;
import io.arcllm.LlmEvent;
import io.arcllm.LlmProvider;
import io.arcllm.LlmRequest;
import io.arcllm.LlmResponse;
import io.arcllm.ResponseFormat;
import io.arcllm.StopReason;
import io.arcllm.WholeAndStreamed;
import io.arcllm.module.CallModule;
import io.arcllm.module.Script;
import io.arcllm.module.Selection;
import io.arcllm.module.TestSettings;
import io.arcllm.module.fallback.FallbackSettings.OnAnswer;
import io.arcllm.module.fallback.recovery.RecoveryPlan;
import io.arcllm.provider.json.FormatCheck;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;

import static org.assertj.core.api.Assertions.assertThat;

class OnAnswerTests {

	private static final ResponseFormat SCHEMA = ResponseFormat.jsonSchema("answer",
			Map.of("type", "object", "properties",
					Map.of("n", Map.of("type", "integer"), "note", Map.of("type", "string")), "required",
					List.of("n")));

	private static Flux<LlmEvent> stops(String text, StopReason.Type type) {
		LlmResponse answer = LlmResponse.builder().text(text).stopReason(StopReason.of(type)).build();
		LlmEvent end = new LlmEvent.Completed(answer);
		return text.isEmpty() ? Flux.just(end) : Flux.just(new LlmEvent.TextDelta(text), end);
	}

	private static LlmProvider chain(boolean streams, Set<OnAnswer> useless, Script... scripts) {
		FallbackSettings settings = TestSettings.of(FallbackSettings.class, "on", EnumSet.of(ErrorKind.SERVER_ERROR),
				"on-answer", useless);
		Chain chain = new Chain(Stream.of(scripts).map(Script::candidate).toList(), List.of(), List.of());
		LlmProvider fallback = new FallbackModule(chain, settings, Selection.ORDERED, RecoveryPlan.NONE,
				new AnswerJudge(useless, streams, FormatCheck::holds));
		return new CallModule(new CallModule.Limits(Duration.ofMinutes(1), 10), CallOptions.NONE,
				(options) -> fallback);
	}

	private static List<LlmEvent> ask(LlmProvider llm, boolean streamed) {
		return ask(llm, LlmRequest.of("hi"), streamed);
	}

	private static List<LlmEvent> ask(LlmProvider llm, LlmRequest request, boolean streamed) {
		return llm.exchange(request.withStreaming(streamed)).collectList().block(Duration.ofSeconds(10));
	}

	private static LlmResponse last(List<LlmEvent> events) {
		return events.get(events.size() - 1).answer();
	}

	@WholeAndStreamed
	void nextTargetIsAskedForAnAnswerOfUse(boolean streamed) {
		Map<OnAnswer, Flux<LlmEvent>> useless = Map.of(OnAnswer.REFUSAL, stops("I can't", StopReason.Type.REFUSAL),
				OnAnswer.MAX_TOKENS, stops("Half an", StopReason.Type.MAX_TOKENS), OnAnswer.EMPTY,
				stops(" \n", StopReason.Type.END_TURN));
		useless.forEach((reason, answer) -> {
			Script first = new Script("a", answer);
			List<LlmEvent> events = ask(chain(true, Set.of(reason), first, new Script("b", Script.says("good"))),
					streamed);
			assertThat(events).hasSize(2);
			assertThat(last(events).text()).isEqualTo("good");
			assertThat(first.asked()).isEqualTo(1);
		});
	}

	@WholeAndStreamed
	void answerThatIsNotOfTheSchemaIsNoUse(boolean streamed) {
		LlmRequest request = LlmRequest.of("hi").mutate().responseFormat(SCHEMA).build();
		for (String text : List.of("no json", "{\"n\": \"one\"}", "{\"note\": \"x\"}", "{\"n\": 1")) {
			LlmProvider llm = chain(true, Set.of(OnAnswer.INVALID_SCHEMA), new Script("a", Script.says(text)),
					new Script("b", Script.says("{\"n\": 1}")));
			assertThat(last(ask(llm, request, streamed)).text()).isEqualTo("{\"n\": 1}");
			assertThat(last(ask(llm, streamed)).text()).isEqualTo(text);
		}
	}

	@WholeAndStreamed
	void firstAnswerComesOutAsItIsWhereNoOtherIsOfUse(boolean streamed) {
		Script third = new Script("c", Script.fails(ErrorKind.SERVER_ERROR));
		List<LlmEvent> events = ask(
				chain(true, Set.of(OnAnswer.MAX_TOKENS), new Script("a", stops("first", StopReason.Type.MAX_TOKENS)),
						new Script("b", stops("second", StopReason.Type.MAX_TOKENS)), third),
				streamed);
		assertThat(events).hasSize(2);
		assertThat(last(events).text()).isEqualTo("first");
		assertThat(third.asked()).isEqualTo(1);
	}

	@WholeAndStreamed
	void uselessAnswerAfterAFailureComesOutAsItIs(boolean streamed) {
		List<LlmEvent> events = ask(
				chain(true, Set.of(OnAnswer.REFUSAL), new Script("a", Script.fails(ErrorKind.SERVER_ERROR)),
						new Script("b", stops("I can't", StopReason.Type.REFUSAL))),
				streamed);
		assertThat(last(events).text()).isEqualTo("I can't");
	}

	@Test
	void streamThatIsNotHeldBackIsNotJudged() {
		Script second = new Script("b", Script.says("good"));
		assertThat(last(ask(chain(false, Set.of(OnAnswer.REFUSAL),
				new Script("a", stops("I can't", StopReason.Type.REFUSAL)), second), true))
			.text()).isEqualTo("I can't");
		assertThat(second.asked()).isZero();
	}

}
