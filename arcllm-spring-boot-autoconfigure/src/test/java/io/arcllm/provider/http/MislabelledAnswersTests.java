package io.arcllm.provider.http;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

import io.arcllm.ErrorKind;
import io.arcllm.LlmEvent;
import io.arcllm.LlmException;
import io.arcllm.LlmRequest;
import io.arcllm.LlmResponse;
import io.arcllm.PromptServers;
import io.arcllm.StopReason;
import io.arcllm.WholeAndStreamed;
import io.arcllm.provider.AnswerDecoder;
import io.arcllm.provider.WireFormat;
import io.arcllm.provider.anthropic.AnthropicFormat;
import io.arcllm.provider.error.DefaultErrorClassifier;
import io.arcllm.provider.error.ErrorReader;
import io.arcllm.provider.key.ApiKeys;
import io.arcllm.provider.ollama.OllamaFormat;
import io.arcllm.provider.openai.OpenAiFormat;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.junit5.StartStop;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Flux;

import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.web.reactive.function.client.WebClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * Answers that are something else than their headers say, or than was asked for.
 */
class MislabelledAnswersTests {

	private static final Duration LIMIT = Duration.ofSeconds(20);

	private static final String MARK = "\ufeff";

	private static final String SECRET = "canary-8c1f";

	@StartStop
	private final MockWebServer server = PromptServers.create();

	/** The same answer in the words of each vendor. */
	private enum Vendor {

		OPENAI(new OpenAiFormat("acme"), """
				{"id":"c1","model":"m-1","choices":[{"index":0,"message":{"role":"assistant","content":"Hello there"},
				"finish_reason":"stop"}],"usage":{"prompt_tokens":3,"completion_tokens":2}}""", """
				data: {"id":"c1","model":"m-1","choices":[{"index":0,"delta":{"content":"Hello"}}]}

				data: {"choices":[{"index":0,"delta":{"content":" there"},"finish_reason":"stop"}]}

				data: {"choices":[],"usage":{"prompt_tokens":3,"completion_tokens":2}}

				data: [DONE]

				""", """
				{
				  "error": {
				    "message": "The engine is overloaded",
				    "code": "overloaded",
				    "input": "%s"
				  }
				}
				""".formatted(SECRET)),

		ANTHROPIC(new AnthropicFormat("acme"), """
				{"id":"c1","type":"message","model":"m-1","content":[{"type":"text","text":"Hello there"}],
				"stop_reason":"end_turn","usage":{"input_tokens":3,"output_tokens":2}}""",
				"""
						event: message_start
						data: {"type":"message_start","message":{"id":"c1","model":"m-1","content":[],"usage":{"input_tokens":3}}}

						data: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":"Hello"}}

						data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":" there"}}

						data: {"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":2}}

						data: {"type":"message_stop"}

						""",
				"""
						{
						  "type": "error",
						  "error": {
						    "type": "overloaded_error",
						    "message": "Overloaded"
						  },
						  "input": "%s"
						}
						""".formatted(SECRET));

		private final WireFormat format;

		private final String whole;

		private final String stream;

		private final String error;

		Vendor(WireFormat format, String whole, String stream, String error) {
			this.format = format;
			this.whole = whole;
			this.stream = stream;
			this.error = error;
		}

	}

	static Stream<Arguments> documents() {
		return Stream.of(Vendor.values())
			.flatMap((vendor) -> Stream
				.of("", "text/plain", "application/octet-stream", "text/event-stream", "text/json", "application/json",
						"text/event-stream; charset=utf-8")
				.map((type) -> Arguments.of(vendor, type)));
	}

	@ParameterizedTest
	@MethodSource("documents")
	void streamThatIsAnsweredWholeIsThatAnswer(Vendor vendor, String type) {
		this.server.enqueue(says(type, vendor.whole));
		List<LlmEvent> events = ask(vendor.format, true);
		assertThat(events).hasSize(2).first().isEqualTo(new LlmEvent.TextDelta("Hello there"));
		assertHello(events);
	}

	@ParameterizedTest
	@MethodSource("documents")
	void wholeAnswerIsReadWholeWhateverItIsCalled(Vendor vendor, String type) {
		this.server.enqueue(says(type, vendor.whole));
		List<LlmEvent> events = ask(vendor.format, false);
		assertThat(events).hasSize(1);
		assertHello(events);
	}

	@ParameterizedTest
	@MethodSource("documents")
	void errorOnManyLinesInsideASuccessHasItsKindAndRepeatsNothing(Vendor vendor, String type) {
		for (boolean streaming : new boolean[] { false, true }) {
			for (String before : List.of("", "\n\n", MARK)) {
				this.server.enqueue(says(type, before + vendor.error));
				LlmException failure = fail(vendor.format, streaming);
				assertThat(failure.kind()).isEqualTo(ErrorKind.OVERLOADED);
				assertThat(failure).hasMessageContaining("verloaded").hasMessageNotContaining(SECRET);
				assertThat(failure.partial()).isNull();
			}
		}
	}

	@ParameterizedTest
	@MethodSource("documents")
	void eventsAreReadAsTheyComeWhateverTheyAreCalled(Vendor vendor, String type) {
		this.server.enqueue(says(type, vendor.stream));
		List<LlmEvent> events = ask(vendor.format, true);
		assertThat(events).hasSize(3).startsWith(new LlmEvent.TextDelta("Hello"), new LlmEvent.TextDelta(" there"));
		assertHello(events);
	}

	@ParameterizedTest
	@EnumSource
	void blankLinesAndAByteOrderMarkBeforeItChangeNothingHoweverTheyArrive(Vendor vendor) {
		for (String before : List.of("\n", "\r\n\r\n", MARK, MARK + "\n")) {
			for (boolean calledDocument : new boolean[] { false, true }) {
				for (String answer : List.of(vendor.whole, vendor.stream)) {
					byte[] bytes = (before + answer).getBytes(StandardCharsets.UTF_8);
					for (int cut = 0; cut < 8; cut++) {
						assertThat(read(vendor, calledDocument, bytes, cut)).as("%s cut at %d", before, cut)
							.isEqualTo("Hello there");
					}
				}
			}
		}
	}

	/** The text of an answer that comes in two pieces. */
	private static String read(Vendor vendor, boolean calledDocument, byte[] bytes, int cut) {
		SizeLimit limit = new SizeLimit(10_000, StreamedAnswer.context().target());
		AnswerDecoder decoder = vendor.format.decoder(StreamedAnswer.context());
		SniffedBody body = new SniffedBody(() -> new StreamedBody(vendor.format.framing(), decoder, limit, false),
				() -> WholeBody.answer(limit, -1, true, decoder::whole), calledDocument);
		List<LlmEvent> events = new ArrayList<>();
		for (byte[] piece : List.of(Arrays.copyOf(bytes, cut), Arrays.copyOfRange(bytes, cut, bytes.length))) {
			body.read(DefaultDataBufferFactory.sharedInstance.wrap(piece), events::add);
		}
		body.end(events::add);
		return answer(events).text();
	}

	@ParameterizedTest
	@EnumSource
	void errorThatIsFollowedByEventsHasItsKind(Vendor vendor) {
		for (String type : List.of("text/event-stream", "text/plain", "")) {
			this.server.enqueue(says(type, vendor.error.strip() + "\n\ndata: [DONE]\n\n"));
			assertThat(fail(vendor.format, true).kind()).isEqualTo(ErrorKind.OVERLOADED);
		}
	}

	@Test
	void errorInAListHasItsKind() {
		for (boolean streaming : new boolean[] { false, true }) {
			this.server.enqueue(says("text/event-stream", "[" + Vendor.OPENAI.error + "]"));
			assertThat(fail(Vendor.OPENAI.format, streaming).kind()).isEqualTo(ErrorKind.OVERLOADED);
		}
	}

	@WholeAndStreamed
	void emptyAnswerIsNoAnswer(boolean streaming) {
		for (String type : List.of("", "text/event-stream", "application/json")) {
			this.server.enqueue(says(type, "\n\n"));
			assertThat(fail(Vendor.OPENAI.format, streaming).kind()).isIn(ErrorKind.PROTOCOL, ErrorKind.INTERRUPTED);
		}
	}

	@WholeAndStreamed
	void pageIsNoAnswer(boolean streaming) {
		for (String type : List.of("", "text/plain", "text/event-stream", "application/json")) {
			this.server.enqueue(says(type, "<html><body>" + SECRET + "</body></html>"));
			LlmException failure = fail(Vendor.OPENAI.format, streaming);
			assertThat(failure.kind()).isEqualTo(ErrorKind.PROTOCOL);
			assertThat(failure).hasMessageNotContaining(SECRET);
		}
	}

	@WholeAndStreamed
	void linesOfOllamaAreReadThoughTheWholeAnswerWasWanted(boolean streaming) {
		this.server.enqueue(says("application/x-ndjson",
				"""
						{"model":"m-1","message":{"role":"assistant","content":"Hello"},"done":false}
						{"model":"m-1","message":{"role":"assistant","content":" there"},"done":false}
						{"model":"m-1","message":{"content":""},"done":true,"done_reason":"stop","prompt_eval_count":3,"eval_count":2}
						"""));
		assertHello(ask(new OllamaFormat("acme"), streaming));
	}

	private static void assertHello(List<LlmEvent> events) {
		LlmResponse answer = answer(events);
		assertThat(answer.text()).isEqualTo("Hello there");
		assertThat(answer.stopReason().type()).isEqualTo(StopReason.Type.END_TURN);
		assertThat(answer.usage().inputTokens()).isEqualTo(3);
		assertThat(answer.usage().outputTokens()).isEqualTo(2);
		assertThat(answer.target()).hasToString("acme/m-1");
	}

	private static LlmResponse answer(List<LlmEvent> events) {
		return ((LlmEvent.Completed) events.get(events.size() - 1)).response();
	}

	private static MockResponse says(String type, String body) {
		MockResponse.Builder answer = new MockResponse.Builder().chunkedBody(body, 7);
		return type.isEmpty() ? answer.build() : answer.addHeader("content-type", type).build();
	}

	private List<LlmEvent> ask(WireFormat format, boolean streaming) {
		return exchange(format, streaming).collectList().block(LIMIT);
	}

	private LlmException fail(WireFormat format, boolean streaming) {
		return catchThrowableOfType(LlmException.class, () -> exchange(format, streaming).blockLast(LIMIT));
	}

	private Flux<LlmEvent> exchange(WireFormat format, boolean streaming) {
		return new HttpProvider(HttpProviderSettings.of("acme", this.server.url("").toString(), "m"), format,
				WebClient.create(), ApiKeys.of("k"), new ErrorReader(new DefaultErrorClassifier(), Clock.systemUTC()))
			.exchange(LlmRequest.of("Hi").withStreaming(streaming));
	}

}
