package io.arcllm.autoconfigure;

import java.util.List;
import java.util.stream.Stream;

import io.arcllm.ErrorKind;
import io.arcllm.LlmException;
import io.arcllm.LlmProvider;
import io.arcllm.LlmRequest;
import io.arcllm.Message;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.RecordedRequest;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * A caller may name any model: whatever refuses or fails then, its message and the log
 * have it on one line, and a long name makes no long message.
 */
@ExtendWith(OutputCaptureExtension.class)
class HostileModelNamesTests {

	private static final List<String> NAMES = List.of("m\n2026 FAKE", "m\r\n2026 FAKE", "m\u001b[31m FAKE",
			"m\u202eFAKE", "m\u0085FAKE", "m\u2028FAKE", "m\u0000FAKE", "m\u200fFAKE", "m".repeat(16_384) + "\nFAKE");

	private static final List<String> FAILURES = List.of("503", "429", "404", "401", "400", "reset");

	@AutoClose
	private final Vendors vendors = new Vendors();

	static Stream<Arguments> names() {
		return NAMES.stream()
			.flatMap((name) -> FAILURES.stream()
				.map((failure) -> Arguments.of(name.substring(0, 2) + "…", name, failure)));
	}

	@ParameterizedTest(name = "{2}")
	@MethodSource("names")
	void standOnOneLine(String shown, String name, String failure, CapturedOutput output) {
		Dispatcher failing = new Dispatcher() {

			@Override
			public MockResponse dispatch(RecordedRequest request) {
				return Vendors.fails(failure);
			}

		};
		this.vendors.first.setDispatcher(failing);
		this.vendors.second.setDispatcher(failing);
		this.vendors.runner()
			.withConfiguration(AutoConfigurations.of(ArcllmCircuitBreakerAutoConfiguration.class,
					ArcllmRateLimitAutoConfiguration.class))
			.withPropertyValues("arcllm.modules.circuit-breaker.enabled=true",
					"arcllm.modules.circuit-breaker.consecutive-failures=1", "arcllm.modules.retry.enabled=true",
					"arcllm.modules.retry.max-retries=1", "arcllm.modules.retry.max-wait=10ms",
					"arcllm.modules.rate-limit.enabled=true", "arcllm.modules.rate-limit.requests-per-minute=4",
					"arcllm.modules.rate-limit.max-wait=0s", "arcllm.modules.fallback.enabled=true",
					"arcllm.modules.fallback.chain=second", "logging.level.io.arcllm=debug")
			.run((context) -> {
				LlmProvider llm = context.getBean(LlmProvider.class);
				for (int i = 0; i < 6; i++) {
					boolean streaming = i % 2 == 1;
					LlmRequest request = LlmRequest.builder()
						.messages(List.of(Message.user("hi")))
						.model(name)
						.build()
						.withStreaming(streaming);
					LlmException told = catchThrowableOfType(LlmException.class,
							() -> llm.exchange(request).blockLast());
					assertPlain(told);
					told.others().forEach(HostileModelNamesTests::assertPlain);
				}
			});
		assertThat(output.toString().lines().filter((line) -> line.startsWith("2026 FAKE") || line.equals("FAKE")))
			.isEmpty();
		assertThat(output.toString()).doesNotContain("\u001b[31m FAKE", "\u202e", "\u0085", "\u2028", "\u0000",
				"\u200f");
	}

	private static void assertPlain(LlmException failure) {
		assertThat(failure.kind()).isNotEqualTo(ErrorKind.PROTOCOL);
		assertThat(failure.getMessage().length()).isLessThanOrEqualTo(500);
		assertThat(failure.getMessage().chars()).noneMatch((one) -> Character.isISOControl(one)
				|| Character.getType(one) == Character.FORMAT || Character.getType(one) == Character.LINE_SEPARATOR);
	}

}
