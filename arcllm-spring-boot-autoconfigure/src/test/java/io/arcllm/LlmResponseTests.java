package io.arcllm;

import java.time.Duration;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of {@link LlmResponse} and of what a conversation goes on with.
 */
class LlmResponseTests {

	private static final ToolCall CALL = new ToolCall("1", "f", "{}", Map.of());

	private static final Content.Thinking THOUGHT = new Content.Thinking("hm", "s", null, "anthropic");

	@Test
	void builderMakesAnswersForTests() {
		LlmResponse answer = LlmResponse.builder()
			.text("hi")
			.toolCalls(CALL)
			.usage(Usage.of(1, 2))
			.target("openai/gpt-5-mini")
			.build();

		assertThat(answer.content()).containsExactly(new Content.Text("hi"), CALL);
		assertThat(answer.text()).isEqualTo("hi");
		assertThat(answer.toolCalls()).containsExactly(CALL);
		assertThat(answer.stopReason().type()).isEqualTo(StopReason.Type.TOOL_USE);
		assertThat(answer.target()).isEqualTo(new Target("openai", "gpt-5-mini"));
		assertThat(answer.trail()).isEqualTo(Trail.EMPTY);
		assertThat(answer.stale()).isFalse();
		assertThat(answer.age()).isNull();
		assertThat(LlmResponse.builder().text("hi").build()).isEqualTo(LlmResponse.of("hi"));
	}

	@Test
	void answerOfACacheTellsItsAge() {
		LlmResponse answer = LlmResponse.of("hi").mutate().stale(true).age(Duration.ofMinutes(3)).build();

		assertThat(answer.stale()).isTrue();
		assertThat(answer.withTrail(Trail.EMPTY).withCost(null).withTarget(new Target("a", null)).age())
			.isEqualTo(Duration.ofMinutes(3));
	}

	@Test
	void otherWordsTakeThePlaceOfTheWordsThereAre() {
		LlmResponse answer = LlmResponse.builder()
			.content(THOUGHT, new Content.Text("a"), CALL, new Content.Text("b"))
			.build();

		assertThat(answer.withText("c", Usage.UNKNOWN).content()).containsExactly(THOUGHT, new Content.Text("c"), CALL);
		assertThat(answer.withText("", Usage.UNKNOWN).content()).containsExactly(THOUGHT, CALL);
		assertThat(answer.withContent(List.of(THOUGHT, CALL)).withText("d", Usage.UNKNOWN).content())
			.containsExactly(THOUGHT, new Content.Text("d"), CALL);
	}

	@Test
	void partsGivenByKindAreThinkingThenTextThenCalls() {
		LlmResponse answer = new LlmResponse("x", List.of(THOUGHT), List.of(CALL), Usage.UNKNOWN,
				StopReason.of(StopReason.Type.TOOL_USE), new Target("anthropic", null), null, null, null, Trail.EMPTY);

		assertThat(answer.content()).containsExactly(THOUGHT, new Content.Text("x"), CALL);
	}

	@Test
	void thinkingAndOpaqueBlocksAreLeftOutForOtherProviders() {
		Content.Opaque opaque = new Content.Opaque("{}", "openrouter");
		Content.Thinking unknown = new Content.Thinking("hm", null, null, null);
		Message turn = Message.assistant(List.of(THOUGHT, opaque, unknown, new Content.Text("x"), CALL));

		assertThat(turn.withoutForeign("anthropic").content()).containsExactly(THOUGHT, unknown, new Content.Text("x"),
				CALL);
		assertThat(turn.withoutForeign("openrouter").content()).containsExactly(opaque, unknown, new Content.Text("x"),
				CALL);
		assertThat(Message.user("x").withoutForeign("any")).isEqualTo(Message.user("x"));
	}

	@Test
	void messagesPartsAndToolsMayBeMarkedAsCacheable() {
		assertThat(Message.system("x").cacheable().isCacheable()).isTrue();
		assertThat(Message.system("x").isCacheable()).isFalse();
		assertThat(Tool.of("f", "", Map.of()).cacheable().isCacheable()).isTrue();
		List<Content> parts = List.of(new Content.Text("x"), Content.Image.of("image/png", new byte[1]),
				Content.Document.of("text/plain", new byte[1], "a.txt"), Content.ToolResult.of("1", "x"), CALL);
		assertThat(parts).noneMatch(Content::isCacheable).allMatch((part) -> part.cacheable().isCacheable());
		assertThat(THOUGHT.cacheable()).isSameAs(THOUGHT);
	}

}
