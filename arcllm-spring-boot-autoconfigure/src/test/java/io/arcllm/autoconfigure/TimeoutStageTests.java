package io.arcllm.autoconfigure;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

import io.arcllm.Attempt;
import io.arcllm.ErrorKind;
import io.arcllm.LlmException;
import io.arcllm.LlmProvider;
import io.arcllm.LlmRequest;
import io.arcllm.LlmResponse;
import io.arcllm.PromptServers;
import io.arcllm.TimeoutStage;
import io.arcllm.WholeAndStreamed;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.SocketEffect;
import mockwebserver3.junit5.StartStop;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.webclient.autoconfigure.WebClientAutoConfiguration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * Which patience ended a call, over real sockets, and what is not mistaken for an answer.
 */
class TimeoutStageTests {

	private static final Duration LIMIT = Duration.ofSeconds(20);

	@StartStop
	final MockWebServer server = PromptServers.create();

	/**
	 * What vendors send while they have nothing to say.
	 */
	enum Chatter {

		COMMENT("openai", "", openai("hi"), ": OPENROUTER PROCESSING\n\n"),

		EMPTY_DELTA("openai", "", openai("hi"), openai("")),

		NO_CHOICE("openai", "", openai("hi"), "data: {\"id\":\"c\",\"choices\":[]}\n\n"),

		PING("anthropic", """
				event: message_start
				data: {"type":"message_start","message":{"id":"m","model":"m","usage":{"input_tokens":1}}}

				event: content_block_start
				data: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}

				""", anthropic("hi"), "event: ping\ndata: {\"type\": \"ping\"}\n\n"),

		EMPTY_BLOCK_DELTA("anthropic", PING.start, anthropic("hi"), anthropic("")),

		EMPTY_LINE("ollama", "", ollama("hi"), ollama(""));

		private final String type;

		private final String start;

		private final String word;

		private final String nothing;

		Chatter(String type, String start, String word, String nothing) {
			this.type = type;
			this.start = start;
			this.word = word;
			this.nothing = nothing;
		}

		private static String openai(String text) {
			return "data: {\"id\":\"c\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"" + text + "\"}}]}\n\n";
		}

		private static String anthropic(String text) {
			return "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,"
					+ "\"delta\":{\"type\":\"text_delta\",\"text\":\"" + text + "\"}}\n\n";
		}

		private static String ollama(String text) {
			return "{\"model\":\"m\",\"message\":{\"role\":\"assistant\",\"content\":\"" + text
					+ "\"},\"done\":false}\n";
		}

		/** Goes on and on, a piece every 50 ms. */
		MockResponse after(String beginning) {
			return new MockResponse.Builder()
				.addHeader("content-type", this.type.equals("ollama") ? "application/x-ndjson" : "text/event-stream")
				.body(this.start + beginning + this.nothing.repeat(100))
				.throttleBody((this.start + beginning).length() + this.nothing.length(), 50, TimeUnit.MILLISECONDS)
				.build();
		}

	}

	private ApplicationContextRunner runner(String type) {
		return new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(ArcllmPropertiesAutoConfiguration.class,
					ArcllmAutoConfiguration.class, WebClientAutoConfiguration.class, SslAutoConfiguration.class))
			.withPropertyValues("arcllm.providers.vendor.type=" + type, "arcllm.providers.vendor.api-key=k",
					"arcllm.providers.vendor.base-url=" + this.server.url(type.equals("openai") ? "/v1" : "/"),
					"arcllm.providers.vendor.model=m");
	}

	private ApplicationContextRunner impatient(String type) {
		return runner(type).withPropertyValues("arcllm.modules.timeout.attempt=400ms",
				"arcllm.modules.timeout.first-token=400ms", "arcllm.modules.timeout.idle=400ms");
	}

	private static LlmException fail(LlmProvider provider, boolean streaming) {
		LlmRequest request = LlmRequest.of("hi").withStreaming(streaming);
		return catchThrowableOfType(LlmException.class, () -> provider.exchange(request).blockLast(LIMIT));
	}

	@Test
	@Execution(ExecutionMode.CONCURRENT)
	void wholeAnswerThatTricklesInIsEndedByTheAttempt() {
		MockResponse whole = Vendors.says("hello", false);
		this.server.enqueue(whole.newBuilder().throttleBody(1, 50, TimeUnit.MILLISECONDS).build());
		impatient("openai").run((context) -> {
			LlmException failure = fail(context.getBean(LlmProvider.class), false);
			assertThat(failure).hasMessageContaining("(attempt)");
			assertThat(failure.kind()).isEqualTo(ErrorKind.TIMEOUT);
			assertThat(failure.stage()).isEqualTo(TimeoutStage.ATTEMPT);
		});
	}

	@ParameterizedTest
	@EnumSource(Chatter.class)
	@Execution(ExecutionMode.CONCURRENT)
	void chatterIsNoFirstToken(Chatter chatter) {
		this.server.enqueue(chatter.after(""));
		impatient(chatter.type).run((context) -> {
			LlmException failure = fail(context.getBean(LlmProvider.class), true);
			assertThat(failure).hasMessageContaining("(first-token)");
			assertThat(failure.kind()).isEqualTo(ErrorKind.TIMEOUT);
			assertThat(failure.stage()).isEqualTo(TimeoutStage.FIRST_TOKEN);
			assertThat(failure.trail().attempts().get(0).firstToken()).isNull();
		});
	}

	@ParameterizedTest
	@EnumSource(Chatter.class)
	@Execution(ExecutionMode.CONCURRENT)
	void chatterIsSilenceInTheMiddleOfAStream(Chatter chatter) {
		this.server.enqueue(chatter.after(chatter.word));
		impatient(chatter.type).run((context) -> {
			LlmException failure = fail(context.getBean(LlmProvider.class), true);
			assertThat(failure).hasMessageContaining("(idle)");
			assertThat(failure.kind()).isEqualTo(ErrorKind.INTERRUPTED);
			assertThat(failure.stage()).isEqualTo(TimeoutStage.IDLE);
			assertThat(failure.partial()).extracting(LlmResponse::text).isEqualTo("hi");
		});
	}

	@WholeAndStreamed
	@Execution(ExecutionMode.CONCURRENT)
	void deadlineEndsWhatNoOtherPatienceEnds(boolean streaming) {
		this.server.enqueue(streaming ? Chatter.COMMENT.after(Chatter.COMMENT.word)
				: Vendors.says("hello", false).newBuilder().throttleBody(1, 50, TimeUnit.MILLISECONDS).build());
		runner("openai").withPropertyValues("arcllm.deadline=600ms").run((context) -> {
			LlmException failure = fail(context.getBean(LlmProvider.class), streaming);
			assertThat(failure).hasMessageContaining("deadline");
			assertThat(failure.kind()).isEqualTo(ErrorKind.DEADLINE_EXCEEDED);
			assertThat(failure.partial() != null).isEqualTo(streaming);
		});
	}

	@Test
	@Execution(ExecutionMode.CONCURRENT)
	void streamThatSpeaksMayTakeLongerThanAnAttempt() {
		this.server.enqueue(new MockResponse.Builder().addHeader("content-type", "text/event-stream")
			.body(Chatter.openai("hi").repeat(8) + "data: {\"choices\":[{\"index\":0,\"delta\":{},"
					+ "\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n")
			.throttleBody(Chatter.openai("hi").length(), 100, TimeUnit.MILLISECONDS)
			.build());
		runner("openai").withPropertyValues("arcllm.modules.timeout.attempt=300ms")
			.run((context) -> assertThat(Vendors.ask(context.getBean(LlmProvider.class), true).text())
				.isEqualTo("hi".repeat(8)));
	}

	/** The answer is whole, only the connection has not ended. */
	@ParameterizedTest
	@ValueSource(strings = { "data: [DONE]\n\n", "", ": still here\n\n", "data: {\"choices\":[],\"usa" })
	@Execution(ExecutionMode.CONCURRENT)
	void answerThatArrivedIsNotThrownAwayForTheSilenceAfterIt(String rest) {
		String body = "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"hi\"},\"finish_reason\":\"stop\"}]}\n\n"
				+ rest;
		this.server.enqueue(new MockResponse.Builder().addHeader("content-type", "text/event-stream")
			.body(body)
			.setHeader("content-length", body.length() + 100)
			.onResponseEnd(SocketEffect.Stall.INSTANCE)
			.build());
		runner("openai").withPropertyValues("arcllm.modules.timeout.idle=400ms").run((context) -> {
			LlmResponse answer = Vendors.ask(context.getBean(LlmProvider.class), true);
			assertThat(answer.text()).isEqualTo("hi");
			assertThat(answer.trail().attempts()).extracting(Attempt::outcome)
				.isEqualTo(List.of(Attempt.Outcome.COMPLETED));
		});
	}

}
