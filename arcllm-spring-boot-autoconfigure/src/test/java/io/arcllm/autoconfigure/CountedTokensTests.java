package io.arcllm.autoconfigure;

import java.time.Duration;
import java.util.List;

import io.arcllm.Attempt;
import io.arcllm.ErrorKind;
import io.arcllm.LlmEvent;
import io.arcllm.LlmException;
import io.arcllm.LlmProvider;
import io.arcllm.LlmRequest;
import io.arcllm.PromptServers;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.SocketEffect;
import mockwebserver3.junit5.StartStop;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.webclient.autoconfigure.WebClientAutoConfiguration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * Tokens of attempts that never come to their end: a vendor that counts the request when
 * it begins has still said how many they are.
 */
class CountedTokensTests {

	private static final Duration LIMIT = Duration.ofSeconds(20);

	private static final String START = """
			data: {"type":"message_start","message":{"id":"m","model":"x","content":[],"usage":{"input_tokens":25,"output_tokens":1}}}

			""";

	private static final String WORDS = """
			data: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}

			data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Hello"}}

			""";

	@StartStop
	final MockWebServer first = PromptServers.create();

	@StartStop
	final MockWebServer second = PromptServers.create();

	@Test
	void aHedgeThatLostIsInTheTrailWithWhatItsVendorCounted() {
		this.first.enqueue(stalling(START));
		this.second.enqueue(Vendors.says("hello", true));
		hedging().run((context) -> {
			LlmEvent last = context.getBean(LlmProvider.class).stream(LlmRequest.of("Hi")).blockLast(LIMIT);
			List<Attempt> attempts = last.answer().trail().attempts();
			assertThat(attempts).extracting(Attempt::outcome)
				.containsExactly(Attempt.Outcome.CANCELLED, Attempt.Outcome.COMPLETED);
			assertThat(attempts.get(0).usage().inputTokens()).isEqualTo(25);
		});
	}

	@Test
	void aBrokenStreamSaysWhatItsVendorCounted() {
		this.first.enqueue(stream(START + WORDS + ": ".repeat(200) + "\n").newBuilder()
			.onResponseEnd(new SocketEffect.CloseSocket())
			.removeHeader("transfer-encoding")
			.body(START + WORDS)
			.setHeader("content-length", 100_000)
			.build());
		runner().run((context) -> {
			LlmException failure = catchThrowableOfType(LlmException.class,
					() -> context.getBean(LlmProvider.class).stream(LlmRequest.of("Hi")).blockLast(LIMIT));
			assertThat(failure.kind()).isEqualTo(ErrorKind.INTERRUPTED);
			assertThat(failure.partial().text()).isEqualTo("Hello");
			assertThat(failure.partial().usage().inputTokens()).isEqualTo(25);
			assertThat(failure.trail().attempts().get(0).usage().inputTokens()).isEqualTo(25);
		});
	}

	private ApplicationContextRunner hedging() {
		return runner().withPropertyValues("arcllm.modules.fallback.enabled=true", "arcllm.modules.fallback.chain=beta",
				"arcllm.modules.hedge.enabled=true", "arcllm.modules.hedge.after=1s",
				"arcllm.modules.hedge.max-ratio=100%");
	}

	private ApplicationContextRunner runner() {
		return new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(ArcllmPropertiesAutoConfiguration.class,
					ArcllmAutoConfiguration.class, WebClientAutoConfiguration.class, SslAutoConfiguration.class))
			.withPropertyValues("arcllm.provider=acme", "arcllm.providers.acme.type=anthropic",
					"arcllm.providers.acme.base-url=" + this.first.url("/"), "arcllm.providers.acme.model=m",
					"arcllm.providers.acme.api-key=k", "arcllm.providers.acme.defaults.max-tokens=100",
					"arcllm.providers.beta.type=openai", "arcllm.providers.beta.base-url=" + this.second.url("/v1"),
					"arcllm.providers.beta.model=m");
	}

	/** What is there comes at once, and then nothing more. */
	private static MockResponse stalling(String body) {
		return stream(body + ":".repeat(body.length()) + "\n\n").newBuilder()
			.onResponseBody(SocketEffect.Stall.INSTANCE)
			.build();
	}

	private static MockResponse stream(String body) {
		return new MockResponse.Builder().addHeader("content-type", "text/event-stream").chunkedBody(body, 50).build();
	}

}
