package io.arcllm.autoconfigure;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import io.arcllm.Attempt;
import io.arcllm.Content;
import io.arcllm.ErrorKind;
import io.arcllm.LlmEvent;
import io.arcllm.LlmException;
import io.arcllm.LlmProvider;
import io.arcllm.LlmRequest;
import io.arcllm.LlmResponse;
import io.arcllm.Message;
import io.arcllm.WholeAndStreamed;
import mockwebserver3.MockResponse;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.webclient.autoconfigure.WebClientAutoConfiguration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.tuple;

/**
 * What is refused before anything is sent is no request and no attempt.
 */
class RefusedHereTests {

	private static final LlmRequest PICTURE = LlmRequest.builder()
		.messages(Message.user(new Content.Text("Look"), Content.Image.of(URI.create("https://example.com/a.png"))))
		.build();

	@AutoClose
	private final Vendors vendors = new Vendors();

	/** {@code first} speaks like OpenAI, the others like Ollama and Anthropic. */
	private ApplicationContextRunner runner(String... properties) {
		return this.vendors.runner()
			.withPropertyValues("arcllm.providers.second.type=ollama",
					"arcllm.providers.second.base-url=" + this.vendors.second.url("/"),
					"arcllm.providers.third.type=anthropic",
					"arcllm.providers.third.base-url=" + this.vendors.third.url("/"),
					"arcllm.modules.retry.enabled=true")
			.withPropertyValues(properties);
	}

	static Stream<Arguments> refused() {
		LlmRequest hello = LlmRequest.of("Hi");
		return Stream.of(
				Arguments.of(LlmRequest.builder().build(), ErrorKind.INVALID_REQUEST, "messages is empty", "k"),
				Arguments.of(hello.mutate().temperature(-1.0).build(), ErrorKind.INVALID_REQUEST, "temperature", "k"),
				Arguments.of(hello.mutate().options(Map.of("a", Double.NaN)).build(), ErrorKind.INVALID_REQUEST,
						"cannot be written as JSON", "k"),
				Arguments.of(hello.mutate().options(Map.of("a", new Object())).build(), ErrorKind.INVALID_REQUEST,
						"of a type that JSON has no form for", "k"),
				Arguments.of(LlmRequest.of("cut \ud83d"), ErrorKind.INVALID_REQUEST, "half of a character", "k"),
				Arguments.of(LlmRequest.builder()
					.messages(Message.user(Content.Image.of(URI.create("file:///etc/passwd"))))
					.build(), ErrorKind.INVALID_REQUEST, "scheme", "k"),
				Arguments.of(hello, ErrorKind.AUTHENTICATION, "api-key", "k\u00e9y"));
	}

	@ParameterizedTest(name = "{2}")
	@MethodSource("refused")
	void whatIsRefusedHereIsNoRequest(LlmRequest request, ErrorKind kind, String words, String key) {
		runner("arcllm.providers.first.api-key=" + key).run((context) -> {
			for (boolean streaming : new boolean[] { false, true }) {
				LlmException failure = fail(context.getBean(LlmProvider.class), request, streaming);
				assertThat(failure.kind()).isEqualTo(kind);
				assertThat(failure).hasMessageContaining(words);
				assertThat(failure.trail().requests()).isZero();
				assertThat(failure.trail().last()).isNull();
				assertThat(failure.trail().attempts()).singleElement().satisfies((attempt) -> {
					assertThat(attempt.outcome()).isEqualTo(Attempt.Outcome.SKIPPED);
					assertThat(attempt.error()).isEqualTo(kind);
					assertThat(attempt.reason()).isEqualTo(failure.getMessage());
					assertThat(attempt.target()).hasToString("first/m0");
					assertThat(attempt.status()).isNull();
				});
			}
			assertThat(this.vendors.first.getRequestCount()).isZero();
		});
	}

	@WholeAndStreamed
	void missingKeyIsNoRequest(boolean streaming) {
		new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(ArcllmPropertiesAutoConfiguration.class,
					ArcllmAutoConfiguration.class, WebClientAutoConfiguration.class, SslAutoConfiguration.class))
			.withPropertyValues("arcllm.providers.openai.base-url=" + this.vendors.first.url("/v1"),
					"arcllm.providers.openai.api-key=", "arcllm.providers.openai.model=m0")
			.run((context) -> {
				LlmException failure = fail(context.getBean(LlmProvider.class), LlmRequest.of("Hi"), streaming);
				assertThat(failure.kind()).isEqualTo(ErrorKind.AUTHENTICATION);
				assertThat(failure.trail().requests()).isZero();
				assertThat(failure.trail().attempts()).extracting(Attempt::outcome, Attempt::error)
					.containsExactly(tuple(Attempt.Outcome.SKIPPED, ErrorKind.AUTHENTICATION));
			});
	}

	@WholeAndStreamed
	void hopThatCannotTakeTheRequestIsPassedOverAndTakesNoAttempt(boolean streaming) {
		this.vendors.first.enqueue(Vendors.fails("503"));
		this.vendors.third.enqueue(anthropic(streaming));
		runner("arcllm.modules.fallback.enabled=true", "arcllm.modules.fallback.chain=second,third",
				"arcllm.max-attempts=2")
			.run((context) -> {
				LlmResponse answer = ask(context.getBean(LlmProvider.class), PICTURE, streaming);
				assertThat(answer.text()).isEqualTo("A cat");
				assertThat(answer.provider()).isEqualTo("third");
				assertThat(answer.trail().requests()).isEqualTo(2);
				assertThat(answer.trail().attempts()).extracting(Attempt::outcome)
					.containsExactly(Attempt.Outcome.FAILED, Attempt.Outcome.SKIPPED, Attempt.Outcome.COMPLETED);
				assertThat(answer.trail().attempts().get(1).error()).isEqualTo(ErrorKind.UNSUPPORTED);
				assertThat(answer.trail().attempts().get(1).reason()).contains("image by URL");
				assertThat(this.vendors.second.getRequestCount()).isZero();
			});
	}

	@WholeAndStreamed
	void hopThatSaysItselfThatTheRequestIsWrongEndsNoChain(boolean streaming) {
		this.vendors.first.enqueue(Vendors.fails("503"));
		this.vendors.second.enqueue(Vendors.fails("400"));
		this.vendors.third.enqueue(anthropic(streaming));
		runner("arcllm.modules.retry.enabled=false", "arcllm.modules.fallback.enabled=true",
				"arcllm.modules.fallback.chain=second,third")
			.run((context) -> {
				LlmResponse answer = ask(context.getBean(LlmProvider.class), LlmRequest.of("Hi"), streaming);
				assertThat(answer.trail().attempts()).extracting(Attempt::error)
					.containsExactly(ErrorKind.OVERLOADED, ErrorKind.INVALID_REQUEST, null);
			});
	}

	@WholeAndStreamed
	void requestThatThePrimaryCannotTakeIsPassedOn(boolean streaming) {
		this.vendors.first.enqueue(Vendors.says("A cat", streaming));
		runner("arcllm.provider=second", "arcllm.modules.fallback.enabled=true",
				"arcllm.modules.fallback.chain=first,third")
			.run((context) -> {
				LlmResponse answer = ask(context.getBean(LlmProvider.class), PICTURE, streaming);
				assertThat(answer.provider()).isEqualTo("first");
				assertThat(answer.trail().attempts()).extracting(Attempt::outcome, Attempt::error)
					.containsExactly(tuple(Attempt.Outcome.SKIPPED, ErrorKind.UNSUPPORTED),
							tuple(Attempt.Outcome.COMPLETED, null));
			});
	}

	@WholeAndStreamed
	void requestThatNoVendorCanTakeEndsTheCall(boolean streaming) {
		runner("arcllm.modules.fallback.enabled=true", "arcllm.modules.fallback.chain=second,third").run((context) -> {
			LlmRequest request = LlmRequest.of("Hi").mutate().temperature(-1.0).build();
			LlmException failure = fail(context.getBean(LlmProvider.class), request, streaming);
			assertThat(failure.kind()).isEqualTo(ErrorKind.INVALID_REQUEST);
			assertThat(failure.trail().attempts()).singleElement()
				.satisfies((attempt) -> assertThat(attempt.target()).hasToString("first/m0"));
		});
	}

	@WholeAndStreamed
	void lastHopThatCannotTakeTheRequestLeavesThePrimarysError(boolean streaming) {
		this.vendors.first.enqueue(Vendors.fails("401"));
		runner("arcllm.modules.fallback.enabled=true", "arcllm.modules.fallback.chain=second").run((context) -> {
			LlmException failure = fail(context.getBean(LlmProvider.class), PICTURE, streaming);
			assertThat(failure.kind()).isEqualTo(ErrorKind.AUTHENTICATION);
			assertThat(failure.others()).extracting(LlmException::kind).containsExactly(ErrorKind.UNSUPPORTED);
			assertThat(failure.trail().requests()).isOne();
		});
	}

	private static MockResponse anthropic(boolean streaming) {
		if (!streaming) {
			return Vendors
				.json(200,
						"{\"id\":\"c\",\"type\":\"message\",\"model\":\"m\",\"stop_reason\":\"end_turn\","
								+ "\"content\":[{\"type\":\"text\",\"text\":\"A cat\"}]}")
				.build();
		}
		return new MockResponse.Builder().addHeader("content-type", "text/event-stream")
			.body("data: {\"type\":\"content_block_start\",\"index\":0,\"content_block\":{\"type\":\"text\",\"text\":"
					+ "\"A cat\"}}\n\ndata: {\"type\":\"message_stop\"}\n\n")
			.build();
	}

	private static LlmResponse ask(LlmProvider provider, LlmRequest request, boolean streaming) {
		LlmEvent last = provider.exchange(request.withStreaming(streaming)).blockLast(Duration.ofSeconds(20));
		return ((LlmEvent.Completed) last).response();
	}

	private static LlmException fail(LlmProvider provider, LlmRequest request, boolean streaming) {
		return catchThrowableOfType(LlmException.class, () -> ask(provider, request, streaming));
	}

}
