package io.arcllm.module.redaction;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import io.arcllm.AnswerBuilder;
import io.arcllm.Content;
import io.arcllm.ErrorKind;
import io.arcllm.LlmEvent;
import io.arcllm.LlmException;
import io.arcllm.LlmRequest;
import io.arcllm.LlmResponse;
import io.arcllm.Message;
import io.arcllm.PiiDetector;
import io.arcllm.RawBody;
import io.arcllm.StopReason;
import io.arcllm.Target;
import io.arcllm.Tool;
import io.arcllm.ToolCall;
import io.arcllm.Usage;
import io.arcllm.WholeAndStreamed;
import io.arcllm.module.Call;
import io.arcllm.module.Outcome;
import io.arcllm.module.Scope;
import io.arcllm.module.Script;
import io.arcllm.module.TestSettings;
import io.arcllm.module.redaction.RedactionSettings.Direction;
import io.arcllm.module.redaction.RedactionSettings.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * What goes out and what comes back, whole and streamed.
 */
class RedactionModuleTests {

	private static final String MAIL = "bob@example.com";

	private final List<String> counted = new ArrayList<>();

	private Redaction redaction(Direction direction, boolean restore, PiiDetector... own) {
		return new Redaction(TestSettings.of(RedactionSettings.class, "detectors", List.of(Kind.values()), "direction",
				direction, "restore", restore), List.of(own), this.counted::add);
	}

	private RedactionModule module(Script script, Direction direction, boolean restore) {
		return new RedactionModule(script.guarded(), redaction(direction, restore));
	}

	private static String text(Outcome outcome) {
		return outcome.events()
			.stream()
			.filter(LlmEvent.TextDelta.class::isInstance)
			.map((event) -> ((LlmEvent.TextDelta) event).text())
			.collect(Collectors.joining());
	}

	private static Flux<LlmEvent> pieces(String... pieces) {
		String all = String.join("", pieces);
		return Flux.fromArray(pieces)
			.<LlmEvent>map(LlmEvent.TextDelta::new)
			.concatWith(Flux.just(Script.completed(all)));
	}

	@WholeAndStreamed
	void everyTextOfTheRequestIsRedacted(boolean streaming) {
		Script script = new Script("v", Script.says("ok"));
		Map<String, Object> schema = Map.of("type", "object", "properties",
				Map.of("to", Map.of("type", "string", "description", "such as " + MAIL)));
		LlmRequest request = LlmRequest.builder()
			.messages(Message.system("You serve " + MAIL),
					Message.user(new Content.Text("I am " + MAIL),
							Content.Document.of("text/plain", ("by " + MAIL).getBytes(StandardCharsets.UTF_8), "a.txt"),
							Content.Document.of("application/json",
									("{\"by\":\"" + MAIL + "\",\"n\":1}").getBytes(StandardCharsets.UTF_8), "a.json")),
					Message.assistant(List.of(new Content.Thinking("of " + MAIL, null, null, "v"),
							new Content.Thinking("of " + MAIL, "signed", null, "v"),
							new ToolCall("1", "mail", "{\"to\":\"" + MAIL + "\"}", Map.of("to", MAIL)))),
					Message.toolResult("1", "sent to " + MAIL))
			.tools(Tool.of("mail", "Mails " + MAIL, schema))
			.streaming(streaming)
			.build();
		Outcome.of(module(script, Direction.BOTH, false).exchange(request));
		LlmRequest sent = script.lastRequest();
		List<Content> user = sent.messages().get(1).content();
		List<Content> assistant = sent.messages().get(2).content();
		assertThat(sent.messages().get(0).text()).isEqualTo("You serve [EMAIL]");
		assertThat(sent.messages().get(1).text()).isEqualTo("I am [EMAIL]");
		assertThat(bytes(user.get(1))).isEqualTo("by [EMAIL]");
		assertThat(bytes(user.get(2))).isEqualTo("{\"by\":\"[EMAIL]\",\"n\":1}");
		assertThat(((Content.Thinking) assistant.get(0)).text()).isEqualTo("of [EMAIL]");
		assertThat(((Content.Thinking) assistant.get(1)).text()).isEqualTo("of " + MAIL);
		ToolCall call = (ToolCall) assistant.get(2);
		assertThat(call.rawArguments()).isEqualTo("{\"to\":\"[EMAIL]\"}");
		assertThat(call.arguments()).isEqualTo(Map.of("to", "[EMAIL]"));
		assertThat(sent.messages().get(3).content().toString()).contains("sent to [EMAIL]").doesNotContain(MAIL);
		assertThat(sent.tools().get(0).description()).isEqualTo("Mails [EMAIL]");
		assertThat(sent.tools().get(0).parameters().toString()).contains("such as [EMAIL]", "type=string");
		assertThat(this.counted).containsOnly("email").hasSize(8);
	}

	private static String bytes(Content document) {
		return new String(((Content.Bytes) ((Content.Document) document).source()).data(), StandardCharsets.UTF_8);
	}

	@Test
	void requestWithoutAnyIsTheSameInstance() {
		Script script = new Script("v", Script.says("ok"));
		LlmRequest request = LlmRequest.of("Nothing is in here.");
		Outcome.of(new RedactionModule(script, redaction(Direction.BOTH, false)).exchange(request));
		assertThat(script.lastRequest()).isSameAs(request);
	}

	@Test
	void streamedCanaryIsNeverEmittedWhereverItIsSplit() {
		String all = "Write to " + MAIL + " or call 415-555-2671, thanks.";
		for (int i = 1; i < all.length(); i++) {
			Script script = new Script("v", pieces(all.substring(0, i), all.substring(i)));
			Outcome outcome = Outcome.of(module(script, Direction.BOTH, false).exchange(LlmRequest.of("hi")));
			assertThat(text(outcome)).isEqualTo("Write to [EMAIL] or call [PHONE], thanks.")
				.isEqualTo(outcome.answer().text());
		}
	}

	@Test
	void eachIsPassedOnAsSoonAsItIsAskedFor() {
		Script script = new Script("v", pieces("a ", "bo", "b@x", ".org ", "b"));
		StepVerifier.create(module(script, Direction.BOTH, false).exchange(LlmRequest.of("hi")), 0)
			.thenRequest(1)
			.expectNext(new LlmEvent.TextDelta("a "))
			.thenRequest(1)
			.expectNext(new LlmEvent.TextDelta("[EMAIL] "))
			.thenRequest(1)
			.expectNext(new LlmEvent.TextDelta("b"))
			.thenRequest(1)
			.expectNextMatches((event) -> event.answer() != null)
			.verifyComplete();
	}

	@WholeAndStreamed
	void thinkingAndArgumentsOfAnswersAreRedacted(boolean streaming) {
		List<Content> content = List.of(new Content.Thinking("of " + MAIL, null, null, "v"),
				new Content.Thinking("of " + MAIL, "signed", null, "v"), new Content.Text("to " + MAIL),
				new ToolCall("1", "mail", "{\"to\":\"" + MAIL + "\"}", Map.of("to", MAIL)));
		LlmResponse answer = LlmResponse.builder()
			.content(content)
			.build()
			.withRaw(new RawBody(MAIL.getBytes(StandardCharsets.UTF_8)));
		Flux<LlmEvent> deltas = Flux.just(new LlmEvent.ThinkingDelta("of bob@exa"),
				new LlmEvent.ThinkingDelta("mple.com"), new LlmEvent.TextDelta("to bob@exa"),
				new LlmEvent.TextDelta("mple.com"), new LlmEvent.ToolCallDelta(0, "1", "mail", "{\"to\":\"bob@"),
				new LlmEvent.ToolCallDelta(0, "", "", "example.com\"}"));
		Script script = new Script("v",
				(streaming ? deltas : Flux.<LlmEvent>empty()).concatWith(Flux.just(new LlmEvent.Completed(answer))));
		Outcome outcome = Outcome.of(module(script, Direction.BOTH, false).exchange(LlmRequest.of("hi")));
		LlmResponse redacted = outcome.answer();
		assertThat(redacted.content().get(0)).isEqualTo(new Content.Thinking("of [EMAIL]", null, null, "v"));
		assertThat(redacted.content().get(1)).isEqualTo(content.get(1));
		assertThat(redacted.thinkingText()).isEqualTo("of [EMAIL]of [EMAIL]");
		assertThat(redacted.text()).isEqualTo("to [EMAIL]");
		assertThat(redacted.toolCalls().get(0).arguments()).isEqualTo(Map.of("to", "[EMAIL]"));
		assertThat(redacted.rawBody()).isNull();
		assertThat(this.counted).containsOnly("email").hasSize(streaming ? 3 : 4);
		if (streaming) {
			assertThat(outcome.events().subList(0, outcome.events().size() - 1)).containsExactly(
					new LlmEvent.ThinkingDelta("of "), new LlmEvent.ThinkingDelta("[EMAIL]"),
					new LlmEvent.TextDelta("to "), new LlmEvent.TextDelta("[EMAIL]"),
					new LlmEvent.ToolCallDelta(0, "1", "mail", "{\"to\":\""),
					new LlmEvent.ToolCallDelta(0, "", "", "[EMAIL]\"}"));
		}
	}

	/** Alone, or with thoughts that are redacted and of which they hold a part. */
	@WholeAndStreamed
	void blockOfAVendorInWhichADetectorFindsSomethingIsTold(boolean streaming) {
		Content thought = new Content.Thinking("of " + MAIL, null, null, "v");
		Content apart = new Content.Opaque("{\"d\":[{\"text\":\"of bob@exa\"},{\"text\":\"mple.com\"}]}", "v");
		List<List<Content>> found = List.of(List.of(new Content.Opaque("{\"text\":\"" + MAIL + "\"}", "v")),
				List.of(thought, apart), List.of(new ToolCall("1", "f", "{}", Map.of(),
						new ToolCall.VendorData("{\"text\":\"" + MAIL + "\"}", "v"))));
		List<List<Content>> clean = List.of(List.of(apart), List.of(thought),
				List.of(new Content.Opaque("{\"data\":\"c2ln\"}", "v"), new Content.Thinking("of", null, null, "v")));
		for (List<Content> content : found) {
			LlmResponse answer = answer(content, streaming);
			assertThat(answer.content()).contains(content.get(content.size() - 1));
			assertThat(answer.withShownThinking(null)).isNotEqualTo(answer);
		}
		for (List<Content> content : clean) {
			LlmResponse answer = answer(content, streaming);
			assertThat(answer.withShownThinking(null)).isEqualTo(answer);
		}
	}

	private LlmResponse answer(List<Content> content, boolean streaming) {
		LlmResponse answer = LlmResponse.builder().content(content).build();
		Flux<LlmEvent> deltas = streaming ? Flux.fromIterable(AnswerBuilder.deltas(answer)) : Flux.empty();
		Script script = new Script("v", deltas.concatWith(Flux.just(new LlmEvent.Completed(answer))));
		return Outcome.of(module(script, Direction.BOTH, false).exchange(LlmRequest.of("hi"))).answer();
	}

	@WholeAndStreamed
	void whatWasTakenOutIsPutBack(boolean streaming) {
		List<Content> content = List.of(new Content.Thinking("of [EMAIL_1]", null, null, "v"),
				new Content.Text("to [EMAIL_1], [EMAIL_2] and new@example.com"),
				new ToolCall("1", "say", "{\"text\":\"[PHONE_1]\"}", Map.of("text", "[PHONE_1]")));
		LlmResponse answer = LlmResponse.builder().content(content).build();
		Flux<LlmEvent> deltas = Flux.just(new LlmEvent.ThinkingDelta("of [EMA"), new LlmEvent.ThinkingDelta("IL_1]"),
				new LlmEvent.TextDelta("to [EMAIL_"), new LlmEvent.TextDelta("1], [EMAIL_2] and new@example.com"),
				new LlmEvent.ToolCallDelta(0, "1", "say", "{\"text\":\"[PHON"),
				new LlmEvent.ToolCallDelta(0, "", "", "E_1]\"}"));
		Script script = new Script("v",
				(streaming ? deltas : Flux.<LlmEvent>empty()).concatWith(Flux.just(new LlmEvent.Completed(answer))));
		Call call = new Call(Call.FOREVER, 9);
		Outcome outcome = Outcome.of(module(script, Direction.BOTH, true)
			.exchange(LlmRequest.of("I am " + MAIL + ", really " + MAIL + ", +1 415 555 2671, and wrote [EMAIL_2]"))
			.contextWrite((context) -> new Scope(call).into(context)));
		assertThat(script.lastRequest().messages().get(0).text())
			.isEqualTo("I am [EMAIL_1], really [EMAIL_1], [PHONE_1], and wrote [EMAIL_2]");
		LlmResponse restored = outcome.answer();
		assertThat(restored.text()).isEqualTo("to bob@example.com, [EMAIL_2] and [EMAIL_3]");
		assertThat(restored.thinking().get(0).text()).isEqualTo("of " + MAIL);
		assertThat(restored.toolCalls().get(0).arguments()).isEqualTo(Map.of("text", "+1 415 555 2671"));
		if (streaming) {
			assertThat(text(outcome)).isEqualTo(restored.text());
		}
		assertThat(call.trail().redactions()).isEqualTo(Map.of("email", 3, "phone", 1));
		assertThat(call.redaction().apply("a record of " + MAIL + " and [EMAIL_1]"))
			.isEqualTo("a record of [EMAIL_1] and [EMAIL_1]");
	}

	@ParameterizedTest
	@EnumSource
	void directionsAreKept(Direction direction) {
		Script script = new Script("v", Script.says("to " + MAIL));
		Outcome outcome = Outcome.of(module(script, direction, false).exchange(LlmRequest.of("I am " + MAIL)));
		assertThat(script.lastRequest().messages().get(0).text())
			.isEqualTo((direction == Direction.RESPONSE) ? "I am " + MAIL : "I am [EMAIL]");
		assertThat(outcome.answer().text()).isEqualTo((direction == Direction.REQUEST) ? "to " + MAIL : "to [EMAIL]");
	}

	@Test
	void whatBreaksOffTellsOnlyWhatWasDelivered() {
		Script script = new Script("v", Script.breaksAfter("to a@b.org or bob@exam"));
		Outcome outcome = Outcome.of(module(script, Direction.BOTH, false).exchange(LlmRequest.of("hi")));
		assertThat(outcome.kind()).isEqualTo(ErrorKind.INTERRUPTED);
		assertThat(text(outcome)).isEqualTo("to [EMAIL] or ");
		assertThat(outcome.failure().partial().text()).isEqualTo("to [EMAIL] or ");
	}

	@Test
	void restartForgetsWhatWasHeldBack() {
		Target to = new Target("w", "m");
		Script script = new Script("v", Flux.just(new LlmEvent.TextDelta("bob@exa"), new LlmEvent.Restarted(to, "cut"),
				new LlmEvent.TextDelta("mple.com is free"), Script.completed("mple.com is free")));
		Outcome outcome = Outcome.of(module(script, Direction.BOTH, false).exchange(LlmRequest.of("hi")));
		assertThat(text(outcome)).isEqualTo("mple.com is free");
	}

	@WholeAndStreamed
	void detectorThatThrowsRefusesTheCall(boolean inAnswer) {
		PiiDetector broken = new PiiDetector() {

			@Override
			public String type() {
				return "broken";
			}

			@Override
			public List<Span> find(CharSequence text) {
				if (text.toString().contains("bad")) {
					throw new IllegalStateException("I read: " + text);
				}
				return List.of();
			}

		};
		Script script = new Script("v", Script.says(inAnswer ? "bad" : "good"));
		RedactionModule module = new RedactionModule(script.guarded(), redaction(Direction.BOTH, false, broken));
		Outcome outcome = Outcome.of(module.exchange(LlmRequest.of(inAnswer ? "good" : "bad luck")));
		LlmException failure = outcome.failure();
		assertThat(failure.kind()).isEqualTo(ErrorKind.CONTENT_POLICY);
		assertThat(failure).hasMessageContaining("'broken'").hasMessageNotContaining("bad");
		assertThat(script.asked()).isEqualTo(inAnswer ? 1 : 0);
		assertThat(text(outcome)).isEmpty();
	}

	@Test
	void restoreOfAnswersAloneIsAMistake() {
		assertThatIllegalArgumentException().isThrownBy(() -> redaction(Direction.RESPONSE, true))
			.withMessageContaining("restore");
	}

	@Test
	void answerWithoutAnyIsTheSame() {
		LlmResponse answer = new LlmResponse("fine", List.of(), List.of(), Usage.of(1, 2),
				StopReason.of(StopReason.Type.END_TURN), new Target("v", "m"), "r", null,
				new RawBody(new byte[] { 123, 125 }), io.arcllm.Trail.EMPTY);
		Script script = new Script("v", Flux.just(new LlmEvent.Completed(answer)));
		assertThat(Outcome.of(module(script, Direction.BOTH, true).exchange(LlmRequest.of("hi"))).answer())
			.isEqualTo(answer);
	}

}
