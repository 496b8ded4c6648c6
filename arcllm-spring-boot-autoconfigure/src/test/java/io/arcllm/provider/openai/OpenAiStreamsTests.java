package io.arcllm.provider.openai;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import io.arcllm.ErrorKind;
import io.arcllm.LlmEvent;
import io.arcllm.LlmResponse;
import io.arcllm.StopReason;
import io.arcllm.ToolCall;
import io.arcllm.provider.http.Recordings;
import io.arcllm.provider.http.StreamedAnswer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Recorded streams of many vendors, compared with a plain reading of the same bytes.
 */
class OpenAiStreamsTests {

	private static final OpenAiFormat FORMAT = new OpenAiFormat("acme");

	static List<Path> streams() {
		return Recordings.streams(".*-completions-.*\\.sse");
	}

	static List<Path> broken() {
		return Recordings.streams(".*midstream.*\\.sse");
	}

	@ParameterizedTest
	@MethodSource("streams")
	void recordedStreamIsReadRight(Path file) {
		byte[] bytes = Recordings.bytes(file);
		Expected expected = Expected.of(bytes);
		StreamedAnswer answer = StreamedAnswer.read(FORMAT, bytes);
		assertThat(answer.failure()).isNull();
		LlmResponse response = answer.last().answer();
		assertThat(response.text()).isEqualTo(expected.text.toString());
		assertThat(response.thinking().stream().map((thinking) -> thinking.text()).toList())
			.isEqualTo(expected.thinking.isEmpty() ? List.of() : List.of(expected.thinking.toString()));
		assertThat(response.toolCalls().stream().map(OpenAiStreamsTests::show).toList())
			.isEqualTo(List.copyOf(expected.calls.values()));
		assertThat(response.toolCalls()).allMatch((call) -> call.parsedArguments() != null);
		assertThat(response.usage().inputTokens()).isEqualTo(expected.number("prompt_tokens"));
		assertThat(response.usage().outputTokens()).isEqualTo(expected.number("completion_tokens"));
		assertThat(response.usage().reasoningTokens())
			.isEqualTo(expected.number("completion_tokens_details", "reasoning_tokens"));
		assertThat(response.usage().cacheReadTokens())
			.isEqualTo(expected.number("prompt_tokens_details", "cached_tokens"));
		assertThat(response.stopReason().raw()).isEqualTo(expected.finish);
		assertThat(response.stopReason().type()).isEqualTo(expected.type());
		assertThat(response.model()).isEqualTo(expected.model);
		assertThat(response.requestId()).isEqualTo(expected.id.isEmpty() ? null : expected.id);
	}

	@ParameterizedTest
	@MethodSource("broken")
	void streamThatBreaksOffSaysWhyAndHowFarItCame(Path file) {
		StreamedAnswer answer = StreamedAnswer.read(FORMAT, Recordings.bytes(file));
		assertThat(answer.failure()).isNotNull();
		assertThat(answer.failure().kind()).isNotEqualTo(ErrorKind.PROTOCOL);
		assertThat(answer.failure().getMessage()).containsAnyOf("Tool call validation failed", "failed to decode");
		assertThat(answer.failure().partial()).isNotNull();
		assertThat(answer.events()).isNotEmpty().allMatch(LlmEvent::isContent);
	}

	private static String show(ToolCall call) {
		return call.id() + " " + call.name() + " " + call.rawArguments();
	}

	/** A plain reading: lines, trees, no state but sums. */
	private static final class Expected {

		private final StringBuilder text = new StringBuilder();

		private final StringBuilder thinking = new StringBuilder();

		private final Map<Integer, String> calls = new TreeMap<>();

		private JsonNode usage;

		private String finish = "";

		private String model = "";

		private String id = "";

		static Expected of(byte[] bytes) {
			Expected expected = new Expected();
			for (String line : new String(bytes, StandardCharsets.UTF_8).split("\r?\n")) {
				if (line.startsWith("data: {")) {
					expected.chunk(JsonMapper.shared().readTree(line.substring(6)));
				}
			}
			return expected;
		}

		private void chunk(JsonNode chunk) {
			this.model = this.model.isEmpty() ? chunk.path("model").asString("") : this.model;
			this.id = this.id.isEmpty() ? chunk.path("id").asString("") : this.id;
			if (chunk.path("usage").isObject()) {
				this.usage = chunk.get("usage");
			}
			for (JsonNode choice : chunk.path("choices")) {
				JsonNode delta = choice.path("delta");
				this.text.append(delta.path("content").asString(""));
				String thought = delta.path("reasoning_content").asString("");
				this.thinking.append(thought.isEmpty() ? delta.path("reasoning").asString("") : thought);
				for (JsonNode call : delta.path("tool_calls")) {
					this.calls.merge(call.path("index").asInt(0), first(call),
							(one, two) -> one + call.path("function").path("arguments").asString(""));
				}
				String reason = choice.path("finish_reason").asString("");
				this.finish = reason.isEmpty() ? this.finish : reason;
			}
		}

		private static String first(JsonNode call) {
			JsonNode function = call.path("function");
			return call.path("id").asString("") + " " + function.path("name").asString("") + " "
					+ function.path("arguments").asString("");
		}

		Integer number(String... path) {
			JsonNode at = this.usage;
			for (String name : path) {
				at = (at == null) ? null : at.get(name);
			}
			return (at == null || at.isNull()) ? null : Integer.valueOf(at.intValue());
		}

		StopReason.Type type() {
			return Map
				.of("stop", StopReason.Type.END_TURN, "tool_calls", StopReason.Type.TOOL_USE, "length",
						StopReason.Type.MAX_TOKENS)
				.getOrDefault(this.finish, StopReason.Type.OTHER);
		}

	}

}
