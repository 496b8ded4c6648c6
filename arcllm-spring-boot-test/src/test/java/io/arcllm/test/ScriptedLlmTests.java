package io.arcllm.test;

import java.time.Duration;
import java.util.List;
import java.util.Map;

import io.arcllm.Content;
import io.arcllm.ErrorKind;
import io.arcllm.LlmEvent;
import io.arcllm.LlmException;
import io.arcllm.LlmRequest;
import io.arcllm.LlmResponse;
import io.arcllm.ToolCall;
import org.junit.jupiter.api.Test;
import reactor.test.StepVerifier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * A scripted provider says what was written down, and remembers what it was asked.
 */
class ScriptedLlmTests {

	private static final Duration LIMIT = Duration.ofSeconds(5);

	private final ScriptedLlm llm = ScriptedLlm.create();

	@Test
	void answersComeInTheirOrder() {
		this.llm.answer("one").answer("two");
		assertThat(this.llm.invoke("a").text()).isEqualTo("one");
		assertThat(this.llm.invoke("b").text()).isEqualTo("two");
		assertThat(this.llm.asked()).extracting((request) -> request.messages().get(0).text())
			.containsExactly("a", "b");
	}

	@Test
	void textIsStreamedByTheWord() {
		this.llm.answer("so it goes");
		assertThat(this.llm.stream(LlmRequest.of("a")).collectList().block(LIMIT)).hasSize(4)
			.startsWith(new LlmEvent.TextDelta("so"), new LlmEvent.TextDelta(" it"));
	}

	@Test
	void failuresHaveTheirKindAndWait() {
		this.llm.fail(ErrorKind.RATE_LIMITED, Duration.ofSeconds(7));
		LlmException failure = catchThrowableOfType(LlmException.class, () -> this.llm.invoke("a"));
		assertThat(failure.kind()).isEqualTo(ErrorKind.RATE_LIMITED);
		assertThat(failure.retryAfter()).isEqualTo(Duration.ofSeconds(7));
	}

	@Test
	void streamsHaveGapsAndMayBeCut() {
		StepVerifier.withVirtualTime(() -> {
			this.llm.stream(Duration.ofSeconds(2), "a", "b", "c").cutAfter(2);
			return this.llm.stream(LlmRequest.of("x"));
		})
			.expectSubscription()
			.expectNoEvent(Duration.ofSeconds(2))
			.expectNext(new LlmEvent.TextDelta("a"))
			.thenAwait(Duration.ofSeconds(2))
			.expectNext(new LlmEvent.TextDelta("b"))
			.expectErrorSatisfies((failure) -> {
				assertThat(((LlmException) failure).kind()).isEqualTo(ErrorKind.INTERRUPTED);
				assertThat(((LlmException) failure).partial().text()).isEqualTo("ab");
			})
			.verify(LIMIT);
	}

	@Test
	void cutBeforeTheFirstWordIsAFailureOfTheNetwork() {
		this.llm.answer("so it goes").cutAfter(0);
		LlmException failure = catchThrowableOfType(LlmException.class, () -> this.llm.invoke("a"));
		assertThat(failure.kind()).isEqualTo(ErrorKind.NETWORK);
		assertThat(failure.provider()).isEqualTo("scripted");
	}

	@Test
	void oneLineScriptsAConversationWithFailures() {
		ScriptedLlm scripted = ScriptedLlm.create()
			.answer("first")
			.fail(ErrorKind.RATE_LIMITED, Duration.ofSeconds(2))
			.stream(Duration.ZERO, "so ", "it ", "goes")
			.cutAfter(2);
		assertThat(scripted.invoke("1").provider()).isEqualTo("scripted");
		assertThat(catchThrowableOfType(LlmException.class, () -> scripted.invoke("2")).kind())
			.isEqualTo(ErrorKind.RATE_LIMITED);
		StepVerifier.create(scripted.text(LlmRequest.of("3")))
			.expectNext("so ", "it ")
			.expectError(LlmException.class)
			.verify(LIMIT);
		assertThat(scripted.asked()).hasSize(3);
	}

	@Test
	void blocksAreStreamedInTheirOrder() {
		LlmResponse answer = LlmResponse.builder()
			.content(List.of(new Content.Thinking("hm", null, null, null), new Content.Text("so it"),
					ToolCall.of("1", "weather", Map.of("city", "Paris"))))
			.build();
		this.llm.answer(answer);
		assertThat(this.llm.stream(LlmRequest.of("a")).map(LlmEvent::type).collectList().block(LIMIT))
			.containsExactly("thinking_delta", "text_delta", "text_delta", "tool_call_delta", "completed");
	}

	@Test
	void stallsNeverEnd() {
		this.llm.answer("a b").stallAfter(1);
		StepVerifier.create(this.llm.stream(LlmRequest.of("x")))
			.expectNextCount(1)
			.expectNoEvent(Duration.ofMillis(50))
			.thenCancel()
			.verify(LIMIT);
	}

	@Test
	void rulesGoBeforeTheQueueAndLast() {
		this.llm.when((request) -> request.messages().get(0).text().contains("weather"))
			.toolCall("weather", Map.of("city", "Paris"))
			.answer("other");
		assertThat(this.llm.invoke("the weather?").toolCalls().get(0).arguments()).containsEntry("city", "Paris");
		assertThat(this.llm.invoke("hello").text()).isEqualTo("other");
		assertThat(this.llm.invoke("weather again").toolCalls()).hasSize(1);
	}

	@Test
	void callsOfOneConversationHaveDifferentIds() {
		this.llm.toolCall("weather", Map.of("city", "Paris"));
		ToolCall first = this.llm.invoke("a").toolCalls().get(0);
		this.llm.toolCall("weather", Map.of("city", "Oslo"));
		assertThat(this.llm.invoke("b").toolCalls().get(0).id()).isNotEqualTo(first.id());
	}

	@Test
	void answerThatWasGivenCannotBeCutAfterwards() {
		this.llm.answer("one two");
		this.llm.invoke("a");
		assertThatExceptionOfType(IllegalStateException.class).isThrownBy(() -> this.llm.cutAfter(1))
			.withMessageContaining("given already");
	}

	@Test
	void whatIsNotScriptedIsRefusedAndNamed() {
		assertThatExceptionOfType(IllegalStateException.class).isThrownBy(() -> this.llm.invoke("surprise"))
			.withMessageContaining("Not scripted")
			.withMessageContaining("surprise");
	}

	@Test
	void resetForgets() {
		this.llm.answer("one");
		this.llm.reset();
		assertThat(this.llm.asked()).isEqualTo(List.of());
		assertThatExceptionOfType(IllegalStateException.class).isThrownBy(() -> this.llm.invoke("a"));
	}

}
