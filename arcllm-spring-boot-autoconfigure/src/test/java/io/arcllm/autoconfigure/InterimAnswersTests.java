package io.arcllm.autoconfigure;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.Deflater;

import io.arcllm.ErrorKind;
import io.arcllm.LlmException;
import io.arcllm.LlmProvider;
import io.arcllm.LlmRequest;
import io.arcllm.PromptServers;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import mockwebserver3.SocketEffect;
import mockwebserver3.junit5.StartStop;
import okio.Buffer;
import okio.BufferedSink;
import okio.DeflaterSink;
import okio.GzipSink;
import okio.Okio;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Schedulers;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.webclient.autoconfigure.WebClientAutoConfiguration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * Each caller gets the answer to its own request, whatever interim answers come before
 * it, over real sockets.
 */
class InterimAnswersTests {

	private static final Pattern QUESTION = Pattern.compile("question-[0-9]+");

	@StartStop
	final MockWebServer server = PromptServers.create();

	static Stream<Arguments> ways() {
		return Stream.of("openai", "anthropic", "ollama")
			.flatMap((type) -> Stream.of(false, true).map((streaming) -> Arguments.of(type, streaming)));
	}

	@ParameterizedTest
	@MethodSource("ways")
	void eachOfManyCallersGetsItsOwnAnswer(String type, boolean streaming) {
		answer((question, number) -> {
			MockResponse.Builder answer = echo(type, streaming, question);
			for (int i = 0; i < number % 4; i++) {
				answer.addInformationalResponse(new MockResponse.Builder().code((i == 0) ? 103 : 102)
					.setHeader("link", "</style.css>; rel=preload")
					.build());
			}
			return (number % 10 == 9) ? answer.code(503).build() : answer.build();
		});

		run(type, (llm) -> {
			List<String> wrong = Flux.range(0, 240).flatMap((number) -> Flux.defer(() -> {
				LlmRequest request = LlmRequest.of("question-" + number).mutate().streaming(streaming).build();
				return llm.invokeAsync(request)
					.map((response) -> response.text().equals("question-" + number) ? "" : response.text())
					.onErrorResume(LlmException.class,
							(ex) -> Flux.just((ex.status() != null && ex.status() == 503) ? "" : ex.getMessage())
								.next());
			}).subscribeOn(Schedulers.boundedElastic()), 6)
				.filter((text) -> !text.isEmpty())
				.collectList()
				.block(Duration.ofSeconds(40));
			assertThat(wrong).isEmpty();
		});
	}

	@ParameterizedTest
	@ValueSource(ints = { 100, 102, 103, 199 })
	void interimAnswerBeforeAnErrorIsReadPast(int code) {
		answer((question, number) -> new MockResponse.Builder().code(429)
			.setHeader("retry-after", "7")
			.body("{\"error\":{\"message\":\"slow down\"}}")
			.addInformationalResponse(new MockResponse.Builder().code(code).build())
			.build());

		run("openai", (llm) -> {
			LlmException failure = catchThrowableOfType(LlmException.class, () -> llm.invoke("question-1"));
			assertThat(failure.kind()).isEqualTo(ErrorKind.RATE_LIMITED);
			assertThat(failure.retryAfter()).isEqualTo(Duration.ofSeconds(7));
		});
	}

	/** Packed although nothing was said of it: as some proxies do. */
	@ParameterizedTest
	@MethodSource("ways")
	void answerThatComesPackedIsUnpacked(String type, boolean streaming) {
		for (String coding : List.of("gzip", "deflate")) {
			answer((question, number) -> packed(echo(type, streaming, question).build(), coding));
			run(type,
					(llm) -> assertThat(
							llm.invoke(LlmRequest.of("question-1").mutate().streaming(streaming).build()).text())
						.isEqualTo("question-1"));
			answer((question,
					number) -> packed(new MockResponse.Builder().code(429)
						.body("{\"error\":{\"message\":\"slow down, retry in 7s\"}}")
						.build(), coding));
			run(type, (llm) -> {
				LlmException failure = catchThrowableOfType(LlmException.class, () -> llm.invoke("question-1"));
				assertThat(failure.kind()).isEqualTo(ErrorKind.RATE_LIMITED);
				assertThat(failure).hasMessageContaining("slow down");
			});
		}
	}

	private static MockResponse packed(MockResponse answer, String coding) {
		Buffer plain = new Buffer();
		Buffer packed = new Buffer();
		try (BufferedSink sink = Okio
			.buffer(coding.equals("gzip") ? new GzipSink(packed) : new DeflaterSink(packed, new Deflater()))) {
			answer.getBody().writeTo(plain);
			sink.writeAll(plain);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		return answer.newBuilder().setHeader("content-encoding", coding).body(packed).build();
	}

	@Test
	void oldConnectionThatBreaksBeforeAnyByteSaysSo() {
		answer((question, number) -> {
			MockResponse.Builder answer = echo("openai", false, question);
			return (number == 1) ? answer.onResponseStart(new SocketEffect.CloseSocket()).build() : answer.build();
		});

		run("openai", (llm) -> {
			assertThat(llm.invoke("question-0").text()).isEqualTo("question-0");
			LlmException failure = catchThrowableOfType(LlmException.class, () -> llm.invoke("question-1"));
			assertThat(failure.kind()).isEqualTo(ErrorKind.NETWORK);
			assertThat(failure.details().staleConnection()).isTrue();
			assertThat(this.server.getRequestCount()).isEqualTo(2);
		}, "arcllm.providers.vendor.http.max-connections=1");
	}

	@Test
	void newConnectionThatBreaksIsNoOldOne() {
		answer((question, number) -> echo("openai", false, question).onResponseStart(new SocketEffect.CloseSocket())
			.build());

		run("openai", (llm) -> {
			LlmException failure = catchThrowableOfType(LlmException.class, () -> llm.invoke("question-0"));
			assertThat(failure.kind()).isEqualTo(ErrorKind.NETWORK);
			assertThat(failure.details().staleConnection()).isFalse();
		});
	}

	@Test
	void headOfAnAnswerMayBeAsLongAsConfigured() {
		answer((question, number) -> echo("openai", false, question).setHeader("x-trace", "t".repeat(20_000)).build());

		run("openai", (llm) -> assertThat(llm.invoke("question-3").text()).isEqualTo("question-3"));
		run("openai", (llm) -> assertThat(catchThrowableOfType(LlmException.class, () -> llm.invoke("question-4")))
			.isNotNull(), "arcllm.providers.vendor.http.max-header-size=8KB");
	}

	private interface Answer {

		MockResponse to(String question, int number);

	}

	private interface Use {

		void of(LlmProvider llm);

	}

	private void answer(Answer answer) {
		this.server.setDispatcher(new Dispatcher() {

			@Override
			public MockResponse dispatch(RecordedRequest request) {
				Matcher question = QUESTION.matcher(request.getBody().utf8());
				question.find();
				return answer.to(question.group(), Integer.parseInt(question.group().substring(9)));
			}

		});
	}

	/** An answer in words, in each format. */
	static MockResponse.Builder echo(String type, boolean streaming, String text) {
		MockResponse.Builder answer = new MockResponse.Builder().setHeader("content-type",
				!streaming ? "application/json" : type.equals("ollama") ? "application/x-ndjson" : "text/event-stream");
		return answer.body(switch (type) {
			case "openai" -> streaming
					? "data: {\"choices\":[{\"delta\":{\"content\":\"" + text
							+ "\"},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n"
					: "{\"choices\":[{\"message\":{\"content\":\"" + text + "\"},\"finish_reason\":\"stop\"}]}";
			case "anthropic" ->
				streaming ? "data: {\"type\":\"message_start\",\"message\":{\"id\":\"m\",\"content\":[]}}\n\n"
						+ "data: {\"type\":\"content_block_start\",\"index\":0,\"content_block\":{\"type\":\"text\",\"text\":\""
						+ text + "\"}}\n\n"
						+ "data: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\"}}\n\n"
						+ "data: {\"type\":\"message_stop\"}\n\n"
						: "{\"type\":\"message\",\"content\":[{\"type\":\"text\",\"text\":\"" + text
								+ "\"}],\"stop_reason\":\"end_turn\"}";
			default -> "{\"message\":{\"content\":\"" + text + "\"},\"done\":true,\"done_reason\":\"stop\"}\n";
		});
	}

	private void run(String type, Use use, String... properties) {
		new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(SslAutoConfiguration.class, WebClientAutoConfiguration.class,
					ArcllmPropertiesAutoConfiguration.class, ArcllmAutoConfiguration.class))
			.withPropertyValues("arcllm.providers.vendor.type=" + type,
					"arcllm.providers.vendor.base-url=" + this.server.url("/v1").toString(),
					"arcllm.providers.vendor.api-key=k", "arcllm.providers.vendor.model=m")
			.withPropertyValues(properties)
			.run((context) -> use.of(context.getBean(LlmProvider.class)));
	}

}
