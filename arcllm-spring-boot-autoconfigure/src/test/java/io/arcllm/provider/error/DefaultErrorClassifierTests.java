package io.arcllm.provider.error;

import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.arcllm.ErrorKind;
import io.arcllm.LlmException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;

class DefaultErrorClassifierTests {

	/** What the recording means, line by line, as somebody understood it who read it. */
	private static final List<String> RECORDED_KINDS = List.of("INVALID_REQUEST 6", "UNSUPPORTED 2",
			"MODEL_NOT_FOUND 1", "INVALID_REQUEST 2", "MODEL_NOT_FOUND 4", "INVALID_REQUEST 1", "MODEL_NOT_FOUND 1",
			"AUTHENTICATION 6", "CONTEXT_WINDOW 6", "UNSUPPORTED 1", "MODEL_NOT_FOUND 3", "INVALID_REQUEST 1",
			"MODEL_NOT_FOUND 1");

	@ParameterizedTest(name = "{0}")
	@MethodSource
	void everyShapeOfEveryVendorHasItsKind(String name, JsonNode line) {
		LlmException error = RecordedErrors.read(line);
		assertThat(error.kind()).as(error.getMessage()).isEqualTo(ErrorKind.valueOf(line.path("kind").asString()));
		String after = line.path("after").asString("");
		assertThat(error.retryAfter()).isEqualTo(after.isEmpty() ? null : Duration.parse(after));
		assertThat(error.getMessage()).startsWith("vendor/model-1 answered").hasSizeLessThanOrEqualTo(500);
	}

	static Stream<Arguments> everyShapeOfEveryVendorHasItsKind() throws URISyntaxException {
		Path file = Path
			.of(Objects.requireNonNull(DefaultErrorClassifierTests.class.getResource("error-shapes.jsonl")).toURI());
		List<JsonNode> lines = RecordedErrors.lines(file);
		return IntStream.range(0, lines.size()).mapToObj((i) -> {
			JsonNode line = lines.get(i);
			return Arguments.of((i + 1) + " " + line.path("vendor").asString() + " " + line.path("status").asInt() + " "
					+ line.path("kind").asString(), line);
		});
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("recorded")
	void everyRecordedErrorHasItsKind(String name, JsonNode line, ErrorKind kind) {
		LlmException error = RecordedErrors.read(line);
		assertThat(error.kind()).as(error.getMessage()).isEqualTo(kind);
		assertThat(error.retryAfter()).isNull();
	}

	static Stream<Arguments> recorded() {
		List<ErrorKind> kinds = RECORDED_KINDS.stream()
			.flatMap((run) -> Stream.generate(() -> ErrorKind.valueOf(run.split(" ")[0]))
				.limit(Integer.parseInt(run.split(" ")[1])))
			.toList();
		List<JsonNode> lines = RecordedErrors.recorded();
		return IntStream.range(0, Math.min(lines.size(), kinds.size()))
			.mapToObj((i) -> Arguments.of((i + 1) + " " + lines.get(i).path("host").asString(), lines.get(i),
					kinds.get(i)));
	}

	@ParameterizedTest
	@CsvSource({ "400, INVALID_REQUEST", "401, AUTHENTICATION", "402, QUOTA_EXHAUSTED", "403, PERMISSION",
			"404, MODEL_NOT_FOUND", "405, INVALID_REQUEST", "408, TIMEOUT", "409, INVALID_REQUEST",
			"413, INVALID_REQUEST", "415, INVALID_REQUEST", "422, INVALID_REQUEST", "425, NETWORK", "429, RATE_LIMITED",
			"499, NETWORK", "500, SERVER_ERROR", "502, SERVER_ERROR", "503, OVERLOADED", "504, SERVER_ERROR",
			"520, SERVER_ERROR", "529, OVERLOADED", "599, SERVER_ERROR", "200, SERVER_ERROR", "307, PROTOCOL" })
	void statusAloneDecidesWhereNothingIsSaid(int status, ErrorKind kind) {
		assertThat(RecordedErrors.read(status, null, "").kind()).isEqualTo(kind);
	}

}
