package io.arcllm.autoconfigure;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

import io.arcllm.ErrorKind;
import io.arcllm.LlmException;
import io.arcllm.LlmProvider;
import io.arcllm.LlmRequest;
import io.arcllm.Message;
import mockwebserver3.MockResponse;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * Calls that have used up {@code arcllm.max-attempts} end with what the vendor said,
 * whatever would have asked again.
 */
@Timeout(60)
class LastAttemptTests {

	@AutoClose
	private final Vendors vendors = new Vendors();

	static Stream<Arguments> whatWouldAskAgain() {
		return Stream
			.of(ways("retry", "503", ErrorKind.OVERLOADED, "arcllm.modules.retry.enabled=true"),
					ways("fallback", "500", ErrorKind.SERVER_ERROR, "arcllm.modules.fallback.enabled=true",
							"arcllm.modules.fallback.chain=second,third"),
					ways("retry and fallback", "reset", ErrorKind.NETWORK, "arcllm.modules.fallback.enabled=true",
							"arcllm.modules.retry.enabled=true", "arcllm.modules.fallback.chain=second,third"),
					ways("another key", "401", ErrorKind.AUTHENTICATION, "arcllm.providers.first.api-key=",
							"arcllm.providers.first.api-keys=k1,k2"),
					ways("without a parameter", "temperature", ErrorKind.UNSUPPORTED),
					ways("without a stream", "stream", ErrorKind.PERMISSION, "arcllm.modules.streams.upstream=always"),
					ways("recovery", "cut", ErrorKind.INTERRUPTED, "arcllm.modules.streams.recovery=replay",
							"arcllm.modules.streams.upstream=always", "arcllm.modules.retry.enabled=true"),
					ways("profile", "cut", ErrorKind.INTERRUPTED, "arcllm.profile=resilient"))
			.flatMap(List::stream);
	}

	private static List<Arguments> ways(String what, String failure, ErrorKind kind, String... properties) {
		return Stream.of(false, true)
			.map((streaming) -> Arguments.of(what, streaming, failure, kind, properties))
			.toList();
	}

	@ParameterizedTest(name = "{0}, streamed: {1}")
	@MethodSource("whatWouldAskAgain")
	void endWithWhatTheVendorSaid(String what, boolean streaming, String failure, ErrorKind kind, String[] properties) {
		this.vendors.first.enqueue(answer(failure));
		this.vendors.runner()
			.withConfiguration(AutoConfigurations.of(ArcllmCircuitBreakerAutoConfiguration.class))
			.withPropertyValues("arcllm.max-attempts=1")
			.withPropertyValues(properties)
			.run((context) -> {
				LlmProvider llm = context.getBean(LlmProvider.class);
				LlmRequest request = LlmRequest.builder()
					.messages(Message.user("hi"))
					.temperature(0.5)
					.streaming(streaming)
					.build();
				LlmException told = catchThrowableOfType(LlmException.class,
						() -> llm.exchange(request).blockLast(Duration.ofSeconds(20)));
				assertThat(told.kind()).isEqualTo(kind);
				assertThat(told.trail().attempts()).hasSize(1);
				assertThat(this.vendors.first.getRequestCount() + this.vendors.second.getRequestCount()
						+ this.vendors.third.getRequestCount())
					.isOne();
			});
	}

	private static MockResponse answer(String failure) {
		return switch (failure) {
			case "temperature" -> refusal("Unsupported parameter: 'temperature' is not supported.", "temperature");
			case "stream" -> refusal("Your organization must be verified to stream this model.", "stream");
			case "cut" -> new MockResponse.Builder().addHeader("content-type", "text/event-stream")
				.body("data: {\"id\":\"c\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"one \"}}]}\n\n")
				.build();
			default -> Vendors.fails(failure);
		};
	}

	private static MockResponse refusal(String message, String param) {
		return Vendors.json(400, "{\"error\":{\"message\":\"" + message + "\",\"param\":\"" + param + "\"}}").build();
	}

}
