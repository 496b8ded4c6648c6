package io.arcllm;

import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of {@link AnswerBuilder}.
 */
class AnswerBuilderTests {

	private static final Target TARGET = new Target("anthropic", "claude");

	private final AnswerBuilder answer = new AnswerBuilder();

	@Test
	void blocksKeepTheOrderInWhichTheyBegan() {
		this.answer.add(new LlmEvent.ThinkingDelta("t"))
			.add(new LlmEvent.ThinkingDelta("1"))
			.thinking(new Content.Thinking("t1", "s1", null, "anthropic"))
			.add(new LlmEvent.ToolCallDelta(0, "a", "search", "{}"))
			.add(new LlmEvent.ThinkingDelta("t2"))
			.thinking(new Content.Thinking("t2", "s2", null, "anthropic"))
			.add(new LlmEvent.TextDelta("x"))
			.opaque(new Content.Opaque("{\"type\":\"server_tool_use\"}", "anthropic"))
			.add(new LlmEvent.TextDelta("y"))
			.add(new LlmEvent.ToolCallDelta(1, "b", "search", "{}"));

		LlmResponse response = this.answer.build(TARGET, (raw) -> Map.of());

		List<Content> blocks = List.of(new Content.Thinking("t1", "s1", null, "anthropic"),
				new ToolCall("a", "search", "{}", Map.of()), new Content.Thinking("t2", "s2", null, "anthropic"),
				new Content.Text("x"), new Content.Opaque("{\"type\":\"server_tool_use\"}", "anthropic"),
				new Content.Text("y"), new ToolCall("b", "search", "{}", Map.of()));
		assertThat(response.content()).isEqualTo(blocks);
		assertThat(response.toMessage()).isEqualTo(Message.assistant(blocks));
		assertThat(response.text()).isEqualTo("xy");
		assertThat(response.thinking()).extracting(Content.Thinking::signature).containsExactly("s1", "s2");
		assertThat(response.toolCalls()).extracting(ToolCall::id).containsExactly("a", "b");
	}

	@Test
	void placeIsKeptForABlockThatEndsLater() {
		this.answer.thinking("t").keepPlace().thinking("1").text("x").keepPlace();
		assertThat(this.answer.buildPartial(TARGET).content()).extracting(Content::type)
			.containsExactly("thinking", "text");
		Content.Opaque block = new Content.Opaque("{}", "openrouter");
		this.answer.opaque(block).text("y");
		assertThat(this.answer.buildPartial(TARGET).content())
			.containsExactly(new Content.Thinking("t1", null, null, "anthropic"), block, new Content.Text("xy"));
		assertThat(new AnswerBuilder().keepPlace().isEmpty()).isTrue();
	}

	@Test
	void piecesOfInterleavedCallsAreJoinedByTheirIndex() {
		this.answer.toolCall(0, "a", "f", "{\"x\"")
			.toolCall(1, "b", "g", "{\"y\"")
			.toolCall(0, "", "", ":1}")
			.toolCall(1, "", "", ":2}");

		assertThat(this.answer.buildPartial(TARGET).toolCalls()).extracting(ToolCall::rawArguments)
			.containsExactly("{\"x\":1}", "{\"y\":2}");
	}

	@Test
	void callThatCameAsAWholeKeepsItsArgumentsUntilMoreOfThemComes() {
		ToolCall call = new ToolCall("a", "f", "{\"x\":1}", Map.of("x", 1));
		ToolCall own = ToolCall.of("b", "g", Map.of("y", "2"));

		LlmResponse kept = this.answer.block(call).block(own).buildPartial(TARGET);

		assertThat(kept.toolCalls()).containsExactly(call, own);
		this.answer.toolCall(0, "", "", " ");
		assertThat(this.answer.buildPartial(TARGET).toolCalls().get(0).parsedArguments()).isNull();
	}

	@Test
	void deltasHaveTheArgumentsOfACallThatAProgramMade() {
		LlmResponse made = LlmResponse.builder().toolCalls(ToolCall.of("b", "g", Map.of("y", "2"))).build();

		assertThat(AnswerBuilder.deltas(made))
			.containsExactly(new LlmEvent.ToolCallDelta(0, "b", "g", "{\"y\":\"2\"}"));
	}

	@Test
	void endedBlockIsNotContinued() {
		this.answer.text("one").endBlock().text("two").text("!");

		assertThat(this.answer.buildPartial(TARGET).content()).containsExactly(new Content.Text("one"),
				new Content.Text("two!"));
	}

	@Test
	void restartVoidsWhatCameBefore() {
		this.answer.text("x")
			.thinking("y")
			.toolCall(0, "a", "f", "{}")
			.usage(Usage.of(1, 1))
			.add(new LlmEvent.Restarted(TARGET, "it broke"))
			.text("z");

		assertThat(this.answer.buildPartial(TARGET).content()).containsExactly(new Content.Text("z"));
		assertThat(this.answer.usage()).isEqualTo(Usage.UNKNOWN);
	}

	@Test
	void goesOnWithWhatThereIsOfAnAnswer() {
		LlmResponse partial = LlmResponse.builder()
			.content(new Content.Text("Hel"))
			.usage(Usage.of(3, 1))
			.target(TARGET)
			.build();

		LlmResponse whole = AnswerBuilder.of(partial).text("lo").buildPartial(TARGET);

		assertThat(whole.content()).containsExactly(new Content.Text("Hello"));
		assertThat(whole.usage()).isEqualTo(Usage.of(3, 1));
	}

	@Test
	void deltasOfAWholeAnswerAreInItsOrder() {
		LlmResponse response = LlmResponse.builder()
			.content(new Content.Text("a"), new ToolCall("1", "f", "{}", Map.of()),
					new Content.Thinking("b", "s", null, "anthropic"), new Content.Thinking("", null, "hidden", null),
					new Content.Opaque("{}", "anthropic"), new ToolCall("2", "g", "{}", Map.of()))
			.build();

		assertThat(AnswerBuilder.deltas(response)).containsExactly(new LlmEvent.TextDelta("a"),
				new LlmEvent.ToolCallDelta(0, "1", "f", "{}"), new LlmEvent.ThinkingDelta("b"),
				new LlmEvent.ToolCallDelta(1, "2", "g", "{}"));
	}

	@Test
	void blocksOfTheVendorAloneAreNoAnswer() {
		this.answer.opaque(new Content.Opaque("{}", "openrouter"));

		assertThat(this.answer.isEmpty()).isTrue();
		assertThat(this.answer.text("x").isEmpty()).isFalse();
	}

}
