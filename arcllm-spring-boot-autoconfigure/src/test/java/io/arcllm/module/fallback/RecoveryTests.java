package io.arcllm.module.fallback;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;

import io.arcllm.Attempt;
import io.arcllm.CallOptions;
import io.arcllm.Content;
import io.arcllm.ErrorKind;
import io.arcllm.LlmEvent;
import io.arcllm.LlmException;
import io.arcllm.LlmProvider;
import io.arcllm.LlmRequest;
import io.arcllm.LlmResponse;
import io.arcllm.Message;
import io.arcllm.StopReason;
import io.arcllm.Target;
import io.arcllm.ToolCall;
import io.arcllm.Trail;
import io.arcllm.Usage;
import io.arcllm.module.CallModule;
import io.arcllm.module.fallback.recovery.Recovery;
import io.arcllm.module.Script;
import io.arcllm.module.Selection;
import io.arcllm.module.TestSettings;
import io.arcllm.module.fallback.recovery.RecoveryPlan;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Flux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

class RecoveryTests {

	private static final String ANSWER = "The quick brown fox jumps over the lazy dog";

	private static final LlmRequest STREAM = LlmRequest.of("Go").withStreaming(true);

	private final List<LlmEvent> seen = new ArrayList<>();

	private final AtomicBoolean mayRepeat = new AtomicBoolean(true);

	@Test
	void failTellsTheCallerAtOnce() {
		Script first = cut(10);
		Script second = new Script("b", streamed(ANSWER));
		LlmException failure = failure(Recovery.FAIL, first, second);
		assertThat(failure.partial().text()).isEqualTo(ANSWER.substring(0, 10));
		assertThat(second.asked()).isZero();
	}

	@Test
	void restartSaysSoWhenTheNextTargetBegins() {
		Script second = new Script("b", Script.fails(ErrorKind.SERVER_ERROR));
		Script third = new Script("c", streamed("Another answer"));
		LlmResponse answer = ask(Recovery.RESTART, cut(10), second, third);
		assertThat(answer.text()).isEqualTo("Another answer");
		List<LlmEvent.Restarted> restarts = restarts();
		assertThat(restarts).hasSize(1);
		assertThat(restarts.get(0).to()).hasToString("c/m");
		assertThat(restarts.get(0).reason()).contains("broke off");
		assertThat(textAfterRestart()).isEqualTo("Another answer");
		assertThat(outcomes(answer.trail())).containsExactly("a FAILED", "b FAILED", "c COMPLETED");
	}

	@Test
	void nothingIsVoidWhenNobodyCanRestart() {
		Script second = new Script("b", Script.fails(ErrorKind.SERVER_ERROR));
		LlmException failure = failure(Recovery.RESTART, cut(10, Script.fails(ErrorKind.OVERLOADED)), second);
		assertThat(restarts()).isEmpty();
		assertThat(failure.kind()).isEqualTo(ErrorKind.INTERRUPTED);
		assertThat(failure.partial().text()).isEqualTo(ANSWER.substring(0, 10));
		assertThat(failure.others()).extracting(LlmException::kind)
			.containsExactly(ErrorKind.SERVER_ERROR, ErrorKind.OVERLOADED);
	}

	@Test
	void replayHoldsBackWhatWasDeliveredWhereverItIsSplit() {
		for (int cut = 1; cut < ANSWER.length(); cut++) {
			this.seen.clear();
			LlmResponse answer = ask(Recovery.REPLAY, cut(cut, Script.fails(ErrorKind.OVERLOADED)),
					new Script("b", streamed(ANSWER, 7)));
			assertThat(text()).isEqualTo(ANSWER);
			assertThat(answer.text()).isEqualTo(ANSWER);
			assertThat(answer.target()).hasToString("b/m");
			assertThat(outcomes(answer.trail())).containsExactly("a FAILED", "a FAILED", "b COMPLETED");
		}
	}

	@Test
	void replayGivesTheRestOfAnAnswerThatComesAtOnce() {
		LlmResponse answer = ask(Recovery.REPLAY, cut(10), new Script("b", Flux.just(Script.completed(ANSWER))));
		assertThat(text()).isEqualTo(ANSWER);
		assertThat(answer.text()).isEqualTo(ANSWER);
	}

	@Test
	void replayAsksTheTargetThatBrokeOffFirst() {
		Script first = cut(14, streamed(ANSWER));
		Script second = new Script("b", streamed("Something else"));
		LlmResponse answer = ask(Recovery.REPLAY, first, second);
		assertThat(answer.text()).isEqualTo(text()).isEqualTo(ANSWER);
		assertThat(answer.target()).hasToString("a/m");
		assertThat(second.asked()).isZero();
	}

	@Test
	void replayThatDivergesLeavesTheNextStep() {
		Script second = new Script("b", streamed("The quick red fox jumps"));
		Script third = new Script("c", streamed(ANSWER));
		LlmResponse answer = ask(Recovery.REPLAY, cut(14, streamed("Something else")), second, third);
		assertThat(answer.text()).isEqualTo(text()).isEqualTo(ANSWER);
		assertThat(outcomes(answer.trail())).containsExactly("a FAILED", "a CANCELLED", "b CANCELLED", "c COMPLETED");
	}

	/** Only with restart is the caller told that words are void. */
	@Test
	void secondAnswerThatIsTakenBackLeavesTheNextStep() {
		for (Recovery recovery : List.of(Recovery.REPLAY, Recovery.CONTINUE)) {
			this.seen.clear();
			Flux<LlmEvent> takenBack = Flux.concat(Flux.just(new LlmEvent.Restarted(new Target("x", "m"), "anew")),
					streamed(ANSWER));
			LlmResponse answer = ask(recovery, cut(14, takenBack), new Script("b", takenBack),
					new Script("no-prefix", streamed(ANSWER)));
			assertThat(restarts()).isEmpty();
			assertThat(answer.text()).isEqualTo(text()).isEqualTo(ANSWER);
		}
	}

	@Test
	void replayOfDifferentAnswersIsTheFirstInterruption() {
		Script second = new Script("b", streamed("The quick red fox jumps"));
		LlmException failure = failure(Recovery.REPLAY, cut(14), second);
		assertThat(failure.kind()).isEqualTo(ErrorKind.INTERRUPTED);
		assertThat(failure.getMessage()).contains("b/m gave another answer: its text differs after 10 characters");
		assertThat(failure.partial().text()).isEqualTo(ANSWER.substring(0, 14));
		assertThat(text()).isEqualTo(ANSWER.substring(0, 14));
	}

	@Test
	void continuationThatBeginsAnewLeavesTheReplay() {
		Script first = cut(40, Script.fails(ErrorKind.OVERLOADED), streamed(ANSWER));
		Script second = new Script("no-prefix", streamed("Something else"));
		LlmResponse answer = ask(Recovery.CONTINUE, first, second);
		assertThat(answer.text()).isEqualTo(text()).isEqualTo(ANSWER);
	}

	/** Adding a fallback loses no rescue that succeeds without it. */
	@ParameterizedTest
	@EnumSource(names = { "REPLAY", "CONTINUE" })
	void rescueThatSucceedsAloneSucceedsInAChain(Recovery recovery) {
		for (int cut = 1; cut < ANSWER.length(); cut++) {
			this.seen.clear();
			Script first = new Script("no-a",
					Flux.concat(pieces(ANSWER.substring(0, cut), 3), Script.fails(ErrorKind.NETWORK)),
					streamed(ANSWER));
			LlmResponse answer = ask(recovery, first, new Script("no-b", streamed("Something else")));
			assertThat(answer.text()).isEqualTo(text()).isEqualTo(ANSWER);
		}
	}

	@Test
	void replayThatEndsTooEarlyIsAnInterruption() {
		LlmException failure = failure(Recovery.REPLAY, cut(14), new Script("b", streamed("The quick")));
		assertThat(failure.kind()).isEqualTo(ErrorKind.INTERRUPTED);
		assertThat(failure.partial().text()).isEqualTo(ANSWER.substring(0, 14));
	}

	@Test
	void replayThatBreaksOffLaterIsReplayedFromThere() {
		Script second = new Script("b",
				Flux.concat(pieces(ANSWER.substring(0, 20), 3), Script.fails(ErrorKind.TIMEOUT)));
		LlmResponse answer = ask(Recovery.REPLAY, cut(10), second, new Script("c", streamed(ANSWER)));
		assertThat(text()).isEqualTo(ANSWER);
		assertThat(answer.target()).hasToString("c/m");
	}

	@Test
	void failureCarriesAllThatWasDeliveredByAnybody() {
		Script second = new Script("b",
				Flux.concat(pieces(ANSWER.substring(0, 20), 3), Script.fails(ErrorKind.TIMEOUT)));
		LlmException failure = failure(Recovery.REPLAY, cut(10, Script.fails(ErrorKind.INVALID_REQUEST)), second);
		assertThat(failure.partial().text()).isEqualTo(text()).isEqualTo(ANSWER.substring(0, 20));
		assertThat(failure.getMessage()).contains("all failed: a/m -> b/m");
	}

	@Test
	void thinkingAndToolCallsAreReplayedPieceByPiece() {
		List<LlmEvent> whole = List.of(new LlmEvent.ThinkingDelta("Let me see"), new LlmEvent.TextDelta("I look"),
				new LlmEvent.ToolCallDelta(0, "id-a", "find", "{\"q\":"),
				new LlmEvent.ToolCallDelta(1, "id-b", "sum", ""),
				new LlmEvent.ToolCallDelta(0, "", "", "\"\\ud83d\\ude00\"}"),
				new LlmEvent.ToolCallDelta(1, "", "", "[1]"));
		Random random = new Random(5);
		for (int cut = 1; cut < whole.size(); cut++) {
			this.seen.clear();
			Script first = new Script("a",
					Flux.concat(Flux.fromIterable(whole.subList(0, cut)), Script.fails(ErrorKind.NETWORK)));
			Script second = new Script("b", Flux.concat(Flux.fromIterable(split(whole, random)), completedWithCalls()));
			LlmResponse answer = ask(Recovery.REPLAY, first, second);
			assertThat(joined(this.seen)).isEqualTo(joined(whole));
			assertThat(answer.toolCalls()).extracting(ToolCall::name).containsExactly("find", "sum");
			if (cut >= 3) {
				assertThat(answer.toolCalls().get(0).id()).isEqualTo("id-a");
			}
		}
	}

	@Test
	void wordsBeforeAToolCallThatNeverComesAreNotPassedOn() {
		Script first = new Script("a", Flux.concat(Flux.just(new LlmEvent.ToolCallDelta(0, "1", "find", "{\"q\"")),
				Script.fails(ErrorKind.NETWORK)), streamed("I would rather talk"));
		Script second = new Script("b", Flux.just(new LlmEvent.TextDelta("Let me look. "),
				new LlmEvent.ToolCallDelta(0, "2", "find", "{\"q\":1}"), Script.completed("Let me look. ")));
		ask(Recovery.REPLAY, first, second);
		assertThat(this.seen.subList(0, this.seen.size() - 1)).containsExactly(
				new LlmEvent.ToolCallDelta(0, "1", "find", "{\"q\""), new LlmEvent.TextDelta("Let me look. "),
				new LlmEvent.ToolCallDelta(0, "", "", ":1}"));
	}

	@Test
	void anAnswerWithoutTheThinkingThatWasDeliveredLeavesTheNextStep() {
		Script first = new Script("a",
				Flux.concat(Flux.just(new LlmEvent.ThinkingDelta("Hm"), new LlmEvent.TextDelta("The")),
						Script.fails(ErrorKind.NETWORK)),
				streamed(ANSWER));
		Script second = new Script("b", Flux.concat(Flux.just(new LlmEvent.ThinkingDelta("Hm, so")), streamed(ANSWER)));
		LlmResponse answer = ask(Recovery.REPLAY, first, second);
		assertThat(text()).isEqualTo(ANSWER);
		assertThat(outcomes(answer.trail())).last().isEqualTo("b COMPLETED");
	}

	@Test
	void aDifferentToolIsADifferentAnswer() {
		Script first = new Script("a", Flux.concat(Flux.just(new LlmEvent.ToolCallDelta(0, "1", "find", "{")),
				Script.fails(ErrorKind.NETWORK)));
		Script second = new Script("b",
				Flux.just(new LlmEvent.ToolCallDelta(0, "1", "delete", "{}"), Script.completed("")));
		LlmException failure = failure(Recovery.REPLAY, first, second);
		assertThat(failure.getMessage()).contains("'delete' where 'find' was called");
		assertThat(failure.partial().toolCalls()).extracting(ToolCall::rawArguments).containsExactly("{");
	}

	@Test
	void continueGoesOnFromTheWordsDelivered() {
		Script first = new Script("no-a",
				Flux.concat(pieces("The quick ", 3),
						Flux.error(() -> LlmException.of(ErrorKind.NETWORK, "gone")
							.partial(LlmResponse.of("").withText("", Usage.of(10, 4)))
							.build())));
		Script second = new Script("b", Flux.concat(pieces(" brown fox", 1), completed("brown fox", Usage.of(14, 2))));
		LlmResponse answer = ask(Recovery.CONTINUE, first, second);
		assertThat(text()).isEqualTo("The quick brown fox");
		assertThat(answer.text()).isEqualTo("The quick brown fox");
		assertThat(answer.usage()).isEqualTo(Usage.of(24, 6));
		assertThat(answer.target()).hasToString("b/m");
		assertThat(answer.trail().attempts()).extracting(Attempt::target)
			.extracting(Target::provider)
			.containsExactly("no-a", "b");
		assertThat(answer.trail().attempts()).extracting(Attempt::usage)
			.containsExactly(Usage.of(10, 4), Usage.of(14, 2));
		List<Message> messages = second.lastRequest().messages();
		assertThat(messages).containsExactly(Message.user("Go"), Message.assistant("The quick"));
	}

	@Test
	void toolCallOfAContinuationKeepsItsArguments() {
		ToolCall call = new ToolCall("1", "find", "{\"of\":\"fox\"}", Map.of("of", "fox"));
		LlmResponse rest = LlmResponse.builder().content(new Content.Text("brown"), call).build();
		Script second = new Script("b", Flux.just(new LlmEvent.TextDelta("brown"),
				new LlmEvent.ToolCallDelta(0, "1", "find", call.rawArguments()), new LlmEvent.Completed(rest)));
		LlmResponse answer = ask(Recovery.CONTINUE, cut(10), second);
		assertThat(answer.text()).isEqualTo(ANSWER.substring(0, 10) + "brown");
		assertThat(answer.toolCalls()).containsExactly(call);
	}

	@Test
	void anEchoOfTheBeginningIsHeldBack() {
		LlmResponse answer = ask(Recovery.CONTINUE, cut(16), new Script("b", streamed(ANSWER, 3)));
		assertThat(text()).isEqualTo(ANSWER);
		assertThat(answer.text()).isEqualTo(ANSWER);
	}

	@Test
	void anAnswerThatBeginsAnewIsNoContinuation() {
		Script second = new Script("b", streamed(ANSWER.substring(0, 34) + " the hedgehog", 3));
		LlmException failure = failure(Recovery.CONTINUE, cut(40), second);
		assertThat(failure.others()).extracting(Throwable::getMessage)
			.anyMatch((message) -> message.contains("b/m gave another answer: it begins anew"));
		assertThat(failure.partial().text()).isEqualTo(text()).isEqualTo(ANSWER.substring(0, 40));
		assertThat(outcomes(failure.trail())).containsExactly("a FAILED", "a FAILED", "b CANCELLED", "a FAILED",
				"b CANCELLED");
	}

	@Test
	void aContinuationMayBeginLikeTheAnswer() {
		LlmResponse answer = ask(Recovery.CONTINUE, cut(40), new Script("b", streamed(ANSWER.substring(0, 30), 3)));
		assertThat(answer.text()).isEqualTo(text()).isEqualTo(ANSWER.substring(0, 40) + ANSWER.substring(0, 30));
	}

	@Test
	void halfACharacterIsReplayed() {
		Script first = new Script("a", Flux.concat(pieces("I smile \ud83d", 20), Script.fails(ErrorKind.NETWORK)));
		Script second = new Script("b", streamed("I smile \ud83d\ude00"));
		assertThat(ask(Recovery.CONTINUE, first, second).text()).isEqualTo(text()).isEqualTo("I smile \ud83d\ude00");
		assertThat(second.lastRequest().messages()).containsExactly(Message.user("Go"));
	}

	@Test
	void continuationThatComesAtOnceIsJoined() {
		LlmResponse answer = ask(Recovery.CONTINUE, cut(10),
				new Script("b", Flux.just(Script.completed(ANSWER.substring(10)))));
		assertThat(text()).isEqualTo(ANSWER);
		assertThat(answer.text()).isEqualTo(ANSWER);
	}

	@Test
	void aTargetThatRefusesTheContinuationReplays() {
		Script second = new Script("b", Script.fails(ErrorKind.INVALID_REQUEST, 400, null), streamed(ANSWER));
		this.mayRepeat.set(false);
		LlmResponse answer = ask(Recovery.CONTINUE, cut(10), second);
		assertThat(text()).isEqualTo(ANSWER);
		assertThat(answer.trail().attempts()).hasSize(3);
		assertThat(second.lastRequest().messages()).containsExactly(Message.user("Go"));
	}

	@Test
	void aRefusedContinuationNeverMasksTheInterruption() {
		Script second = new Script("b", Script.fails(ErrorKind.INVALID_REQUEST, 400, null));
		this.mayRepeat.set(false);
		LlmException failure = failure(Recovery.CONTINUE, cut(10), second);
		assertThat(failure.kind()).isEqualTo(ErrorKind.INTERRUPTED);
		assertThat(failure.provider()).isEqualTo("a");
		assertThat(failure.partial().text()).isEqualTo(ANSWER.substring(0, 10));
	}

	@Test
	void aTargetWithoutPrefixReplaysAfterThoseWithOne() {
		Script third = new Script("c", streamed(ANSWER.substring(10)));
		LlmResponse answer = ask(Recovery.CONTINUE, cut(10), new Script("no-prefix", streamed(ANSWER)), third);
		assertThat(answer.target()).hasToString("c/m");
		assertThat(text()).isEqualTo(ANSWER);
	}

	@Test
	void openToolCallsAndThinkingAreNeverContinued() {
		for (LlmEvent open : List.of(new LlmEvent.ToolCallDelta(0, "1", "find", "{"),
				new LlmEvent.ThinkingDelta("hm"))) {
			Script first = new Script("a", Flux.concat(Flux.just(open), Script.fails(ErrorKind.NETWORK)));
			Script second = new Script("b", Script.fails(ErrorKind.OVERLOADED));
			failure(Recovery.CONTINUE, first, second);
			assertThat(second.lastRequest().messages()).containsExactly(Message.user("Go"));
		}
	}

	@ParameterizedTest
	@EnumSource(value = Recovery.class, names = { "RESTART", "REPLAY" })
	void withoutAChainTheSameTargetIsAskedOnceMore(Recovery recovery) {
		Script only = cut(10, streamed(ANSWER));
		assertThat(ask(recovery, only).text()).isEqualTo(ANSWER);
		assertThat(only.asked()).isEqualTo(2);
		Script broken = cut(10);
		assertThat(failure(recovery, broken).partial().text()).isEqualTo(ANSWER.substring(0, 10));
		assertThat(broken.asked()).isEqualTo(2);
	}

	@Test
	void theSameTargetIsAskedOnceMoreOnlyWithinTheRetryBudget() {
		this.mayRepeat.set(false);
		Script only = cut(10, streamed(ANSWER));
		assertThat(failure(Recovery.REPLAY, only).kind()).isEqualTo(ErrorKind.INTERRUPTED);
		assertThat(only.asked()).isEqualTo(1);
	}

	@Test
	void attemptsOfTheCallBoundRecovery() {
		Script second = new Script("b", streamed(ANSWER));
		LlmException failure = catchThrowableOfType(LlmException.class,
				() -> stack(Recovery.REPLAY, 1, cut(10), second).exchange(STREAM).blockLast());
		assertThat(failure.kind()).isEqualTo(ErrorKind.INTERRUPTED);
		assertThat(second.asked()).isZero();
	}

	private LlmResponse ask(Recovery recovery, Script... targets) {
		return stack(recovery, 10, targets).exchange(STREAM)
			.doOnNext(this.seen::add)
			.blockLast(Duration.ofSeconds(10))
			.answer();
	}

	private LlmException failure(Recovery recovery, Script... targets) {
		return catchThrowableOfType(LlmException.class, () -> ask(recovery, targets));
	}

	private LlmProvider stack(Recovery recovery, int attempts, Script... targets) {
		Chain chain = new Chain(Arrays.stream(targets).map(Script::candidate).toList(), List.of(), List.of());
		FallbackSettings settings = TestSettings.of(FallbackSettings.class, "on", EnumSet.of(ErrorKind.SERVER_ERROR));
		RecoveryPlan resume = new RecoveryPlan(recovery, (target) -> !target.provider().startsWith("no-"),
				this.mayRepeat::get);
		LlmProvider fallback = new FallbackModule(chain, settings, Selection.ORDERED, resume);
		return new CallModule(new CallModule.Limits(Duration.ofMinutes(1), attempts), CallOptions.NONE,
				(options) -> fallback);
	}

	@SafeVarargs
	private static Script cut(int at, Flux<LlmEvent>... then) {
		List<Flux<LlmEvent>> answers = new ArrayList<>();
		answers.add(Flux.concat(pieces(ANSWER.substring(0, at), 4), Script.fails(ErrorKind.NETWORK)));
		answers.addAll(List.of(then));
		return new Script("a", answers.toArray(Flux[]::new));
	}

	private static Flux<LlmEvent> streamed(String text) {
		return streamed(text, 5);
	}

	private static Flux<LlmEvent> streamed(String text, int piece) {
		return Flux.concat(pieces(text, piece), Flux.just(Script.completed(text)));
	}

	private static Flux<LlmEvent> completed(String text, Usage usage) {
		return Flux.just(new LlmEvent.Completed(LlmResponse.of(text).withText(text, usage)));
	}

	private static Flux<LlmEvent> completedWithCalls() {
		List<ToolCall> calls = List.of(new ToolCall("x", "find", "{\"q\":\"\\ud83d\\ude00\"}", null),
				new ToolCall("y", "sum", "[1]", null));
		return Flux.just(new LlmEvent.Completed(new LlmResponse("I look", List.of(), calls, Usage.UNKNOWN,
				StopReason.of(StopReason.Type.TOOL_USE), new Target("b", "m"), null, null, null, Trail.EMPTY)));
	}

	private static Flux<LlmEvent> pieces(String text, int length) {
		List<LlmEvent> pieces = new ArrayList<>();
		for (int i = 0; i < text.length(); i += length) {
			pieces.add(new LlmEvent.TextDelta(text.substring(i, Math.min(text.length(), i + length))));
		}
		return Flux.fromIterable(pieces);
	}

	/** The same with each tool's arguments, text and thinking split at random. */
	private static List<LlmEvent> split(List<LlmEvent> events, Random random) {
		List<LlmEvent> split = new ArrayList<>();
		for (LlmEvent event : events) {
			if (event instanceof LlmEvent.ToolCallDelta delta && delta.argumentsFragment().length() > 1) {
				int at = 1 + random.nextInt(delta.argumentsFragment().length() - 1);
				split.add(new LlmEvent.ToolCallDelta(delta.index(), delta.id(), delta.name(),
						delta.argumentsFragment().substring(0, at)));
				split.add(new LlmEvent.ToolCallDelta(delta.index(), "", "", delta.argumentsFragment().substring(at)));
			}
			else {
				split.add(event);
			}
		}
		return split;
	}

	private static String joined(List<LlmEvent> events) {
		StringBuilder[] parts = { new StringBuilder(), new StringBuilder(), new StringBuilder(), new StringBuilder() };
		for (LlmEvent event : events) {
			if (event instanceof LlmEvent.TextDelta delta) {
				parts[0].append(delta.text());
			}
			else if (event instanceof LlmEvent.ThinkingDelta delta) {
				parts[1].append(delta.text());
			}
			else if (event instanceof LlmEvent.ToolCallDelta delta) {
				parts[2 + delta.index()].append(delta.name()).append(delta.argumentsFragment());
			}
		}
		return Arrays.stream(parts).map(StringBuilder::toString).collect(Collectors.joining("|"));
	}

	private String text() {
		return joined(this.seen).split("\\|", -1)[0];
	}

	private String textAfterRestart() {
		int restart = this.seen.lastIndexOf(restarts().get(0));
		return joined(this.seen.subList(restart, this.seen.size())).split("\\|", -1)[0];
	}

	private List<LlmEvent.Restarted> restarts() {
		return this.seen.stream()
			.filter(LlmEvent.Restarted.class::isInstance)
			.map(LlmEvent.Restarted.class::cast)
			.toList();
	}

	private static List<String> outcomes(Trail trail) {
		return trail.attempts().stream().map((one) -> one.target().provider() + " " + one.outcome()).toList();
	}

}
