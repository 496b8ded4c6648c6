package io.arcllm.autoconfigure;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import io.arcllm.Attempt;
import io.arcllm.ErrorKind;
import io.arcllm.LlmException;
import io.arcllm.LlmProvider;
import io.arcllm.LlmRequest;
import io.arcllm.LlmResponse;
import io.arcllm.Message;
import io.arcllm.PromptServers;
import io.arcllm.ResponseFormat;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.junit5.StartStop;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.webclient.autoconfigure.WebClientAutoConfiguration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * Answers that are no use, streams that crawl or repeat themselves, and labels, in each
 * wire format, whole and streamed, at the primary target and at a hop.
 */
class ChoiceInThreeFormatsTests {

	private static final Map<String, Object> SCHEMA = Map.of("type", "object", "properties",
			Map.of("n", Map.of("type", "integer")), "required", List.of("n"), "additionalProperties", false);

	private static final String FINE = "{\\\"n\\\": 1}";

	@StartStop
	final MockWebServer first = PromptServers.create();

	@StartStop
	final MockWebServer second = PromptServers.create();

	@StartStop
	final MockWebServer third = PromptServers.create();

	/** How a call is asked. */
	private enum Way {

		WHOLE, WHOLE_AS_A_STREAM, STREAMED;

		boolean onTheWire() {
			return this != WHOLE;
		}

	}

	private enum Format {

		ANTHROPIC("end_turn", "max_tokens", "refusal"), OPENAI("stop", "length", "content_filter"),
		OLLAMA("stop", "length", "content_filter");

		private final List<String> stops;

		Format(String... stops) {
			this.stops = List.of(stops);
		}

		String type() {
			return name().toLowerCase(Locale.ROOT);
		}

		/** An answer of these words. */
		MockResponse says(boolean streamed, String stop, String... words) {
			String body = streamed ? stream(stop, words) : whole(stop, String.join("", words));
			String type = !streamed ? "application/json"
					: (this == OLLAMA) ? "application/x-ndjson" : "text/event-stream";
			return new MockResponse.Builder().addHeader("content-type", type).chunkedBody(body, 40).build();
		}

		private String whole(String stop, String text) {
			return switch (this) {
				case ANTHROPIC ->
					"{\"id\":\"m\",\"type\":\"message\",\"role\":\"assistant\",\"model\":\"m\",\"content\":[{\"type\":\"text\",\"text\":\""
							+ text + "\"}],\"stop_reason\":\"" + stop
							+ "\",\"usage\":{\"input_tokens\":3,\"output_tokens\":1}}";
				case OPENAI -> "{\"id\":\"c\",\"model\":\"m\",\"choices\":[{\"index\":0,\"finish_reason\":\"" + stop
						+ "\",\"message\":{\"role\":\"assistant\",\"content\":\"" + text + "\"}}]}";
				case OLLAMA -> "{\"model\":\"m\",\"message\":{\"role\":\"assistant\",\"content\":\"" + text
						+ "\"},\"done\":true,\"done_reason\":\"" + stop + "\"}";
			};
		}

		private String stream(String stop, String... words) {
			StringBuilder body = new StringBuilder();
			if (this == ANTHROPIC) {
				body.append(event("message_start",
						"\"message\":{\"id\":\"m\",\"type\":\"message\",\"role\":\"assistant\",\"model\":\"m\",\"content\":[],"
								+ "\"usage\":{\"input_tokens\":3,\"output_tokens\":1}}"));
				body.append(event("content_block_start",
						"\"index\":0,\"content_block\":{\"type\":\"text\",\"text\":\"\"}"));
			}
			for (String word : words) {
				body.append(delta(word));
			}
			body.append(end(stop));
			return body.toString();
		}

		private String delta(String word) {
			return switch (this) {
				case ANTHROPIC -> event("content_block_delta",
						"\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\"" + word + "\"}");
				case OPENAI -> "data: {\"id\":\"c\",\"model\":\"m\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\""
						+ word + "\"}}]}\n\n";
				case OLLAMA -> "{\"model\":\"m\",\"message\":{\"role\":\"assistant\",\"content\":\"" + word
						+ "\"},\"done\":false}\n";
			};
		}

		private String end(String stop) {
			return switch (this) {
				case ANTHROPIC -> event("content_block_stop", "\"index\":0")
						+ event("message_delta",
								"\"delta\":{\"stop_reason\":\"" + stop + "\"},\"usage\":{\"output_tokens\":1}")
						+ event("message_stop", "\"x\":1");
				case OPENAI ->
					"data: {\"id\":\"c\",\"model\":\"m\",\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\""
							+ stop + "\"}]}\n\ndata: [DONE]\n\n";
				case OLLAMA -> "{\"model\":\"m\",\"message\":{\"role\":\"assistant\",\"content\":\"\"},\"done\":true,"
						+ "\"done_reason\":\"" + stop + "\"}\n";
			};
		}

		private static String event(String type, String fields) {
			return "event: " + type + "\ndata: {\"type\":\"" + type + "\"," + fields + "}\n\n";
		}

	}

	static Stream<Arguments> everywhere() {
		List<Arguments> all = new ArrayList<>();
		for (Format format : Format.values()) {
			for (Way way : Way.values()) {
				all.add(Arguments.of(format, way, false));
				all.add(Arguments.of(format, way, true));
			}
		}
		return all.stream();
	}

	@ParameterizedTest(name = "{0} {1}, at a hop: {2}")
	@MethodSource("everywhere")
	void answerThatIsNoUseIsAskedForElsewhereAndTheSameTargetNotAgain(Format format, Way way, boolean hop) {
		List<MockResponse> useless = List.of(says(format, way, format.stops.get(1), "cut"),
				says(format, way, format.stops.get(2), "no"), says(format, way, format.stops.get(0)),
				says(format, way, format.stops.get(0), "{\\\"m\\\": ", "2}"));
		runner(format, way)
			.withPropertyValues("arcllm.modules.fallback.on-answer=invalid-schema,refusal,max-tokens,empty",
					"arcllm.modules.streams.commit=full", "arcllm.modules.retry.enabled=true")
			.run((context) -> {
				for (MockResponse answer : useless) {
					if (hop) {
						this.first.enqueue(new MockResponse.Builder().code(401).build());
						this.second.enqueue(answer);
						this.third.enqueue(says(format, way, format.stops.get(0), FINE));
					}
					else {
						this.first.enqueue(answer);
						this.second.enqueue(says(format, way, format.stops.get(0), FINE));
					}
					LlmResponse response = ask(context.getBean(LlmProvider.class), way);
					assertThat(response.text()).isEqualTo("{\"n\": 1}");
					assertThat(response.provider()).isEqualTo(hop ? "third" : "second");
					assertThat(response.trail().requests()).isEqualTo(hop ? 3 : 2);
				}
			});
	}

	@ParameterizedTest(name = "{0} {1}, at a hop: {2}")
	@MethodSource("everywhere")
	void answerThatRepeatsItselfIsReplaced(Format format, Way way, boolean hop) {
		String sentence = "The same twenty-five chars ".substring(0, 25).repeat(8);
		String[] words = new String[12];
		Arrays.fill(words, sentence);
		MockResponse repeats = says(format, way, format.stops.get(0), words);
		MockResponse fine = says(format, way, format.stops.get(0), "fine");
		runner(format, way)
			.withPropertyValues("arcllm.modules.streams.max-repeats=3", "arcllm.modules.streams.commit=full")
			.run((context) -> {
				if (hop) {
					this.first.enqueue(new MockResponse.Builder().code(401).build());
					this.second.enqueue(repeats);
					this.third.enqueue(fine);
				}
				else {
					this.first.enqueue(repeats);
					this.second.enqueue(fine);
				}
				LlmResponse response = ask(context.getBean(LlmProvider.class), way);
				assertThat(response.text()).isEqualTo("fine");
				assertThat(response.trail().attempts()).extracting(Attempt::error).contains(ErrorKind.INTERRUPTED);
			});
	}

	static Stream<Arguments> streams() {
		return everywhere()
			.filter((one) -> one.get()[1] != Way.WHOLE && (one.get()[1] == Way.STREAMED) == (boolean) one.get()[2]);
	}

	@ParameterizedTest(name = "{0} {1}, at a hop: {2}")
	@MethodSource("streams")
	@Execution(ExecutionMode.CONCURRENT)
	void streamThatCrawlsIsReplaced(Format format, Way way, boolean hop) {
		MockResponse crawls = says(format, way, format.stops.get(0), "one ", "two ", "three ", "four ").newBuilder()
			.throttleBody(60, 1, TimeUnit.SECONDS)
			.build();
		MockResponse fine = says(format, way, format.stops.get(0), "fine");
		runner(format, way)
			.withPropertyValues("arcllm.modules.timeout.min-rate=50/s over 1s", "arcllm.modules.streams.commit=full")
			.run((context) -> {
				if (hop) {
					this.first.enqueue(new MockResponse.Builder().code(401).build());
					this.second.enqueue(crawls);
					this.third.enqueue(fine);
				}
				else {
					this.first.enqueue(crawls);
					this.second.enqueue(fine);
				}
				LlmResponse response = ask(context.getBean(LlmProvider.class), way);
				assertThat(response.text()).isEqualTo("fine");
				assertThat(response.trail().attempts()).extracting(Attempt::error).contains(ErrorKind.TIMEOUT);
			});
	}

	@ParameterizedTest(name = "{0} {1}, at a hop: {2}")
	@MethodSource("everywhere")
	void hopWithoutTheLabelsIsPassedOver(Format format, Way way, boolean hop) {
		this.first.enqueue(new MockResponse.Builder().code(401).build());
		this.third.enqueue(says(format, way, format.stops.get(0), "fine"));
		runner(format, way)
			.withPropertyValues("arcllm.modules.fallback.only=eu,audited",
					"arcllm.providers." + (hop ? "third" : "first") + ".labels=eu,audited",
					"arcllm.providers.second.labels=eu")
			.run((context) -> {
				LlmProvider llm = context.getBean(LlmProvider.class);
				if (hop) {
					LlmResponse response = ask(llm, way);
					assertThat(response.provider()).isEqualTo("third");
					assertThat(response.trail().attempts()).extracting(Attempt::outcome)
						.containsExactly(Attempt.Outcome.FAILED, Attempt.Outcome.SKIPPED, Attempt.Outcome.COMPLETED);
				}
				else {
					LlmException failure = catchThrowableOfType(LlmException.class, () -> ask(llm, way));
					assertThat(failure.kind()).isEqualTo(ErrorKind.AUTHENTICATION);
					assertThat(this.third.getRequestCount()).isZero();
				}
				assertThat(this.second.getRequestCount()).isZero();
			});
	}

	private static MockResponse says(Format format, Way way, String stop, String... words) {
		return format.says(way.onTheWire(), stop, words);
	}

	private static LlmResponse ask(LlmProvider llm, Way way) {
		LlmRequest request = LlmRequest.builder()
			.messages(Message.user("How many?"))
			.responseFormat(ResponseFormat.jsonSchema("n", SCHEMA))
			.build()
			.withStreaming(way == Way.STREAMED);
		return Objects
			.requireNonNull(Objects.requireNonNull(llm.exchange(request).blockLast(Duration.ofSeconds(20))).answer());
	}

	private ApplicationContextRunner runner(Format format, Way way) {
		return new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(ArcllmPropertiesAutoConfiguration.class,
					ArcllmAutoConfiguration.class, WebClientAutoConfiguration.class, SslAutoConfiguration.class))
			.withPropertyValues(provider("first", format, this.first))
			.withPropertyValues(provider("second", format, this.second))
			.withPropertyValues(provider("third", format, this.third))
			.withPropertyValues("arcllm.provider=first", "arcllm.modules.fallback.enabled=true",
					"arcllm.modules.fallback.chain=second,third",
					"arcllm.modules.streams.upstream=" + ((way == Way.WHOLE_AS_A_STREAM) ? "always" : "as-asked"));
	}

	private static String[] provider(String name, Format format, MockWebServer server) {
		String prefix = "arcllm.providers." + name + ".";
		String path = (format == Format.OPENAI) ? "/v1" : "/";
		return new String[] { prefix + "type=" + format.type(), prefix + "base-url=" + server.url(path),
				prefix + "api-key=k", prefix + "model=m" };
	}

}
