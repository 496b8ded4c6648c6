package io.arcllm.provider.error;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;

import io.arcllm.LlmException;
import io.arcllm.Target;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.http.HttpHeaders;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Errors as data, and the reader under test at a fixed time.
 */
final class RecordedErrors {

	static final Clock CLOCK = Clock.fixed(Instant.parse("2026-01-01T00:00:00Z"), ZoneOffset.UTC);

	static final Target TARGET = new Target("vendor", "model-1");

	private static final JsonMapper JSON = JsonMapper.builder().build();

	private RecordedErrors() {
	}

	/** The recorded errors; never none. */
	static List<JsonNode> recorded() {
		List<JsonNode> lines = lines(
				Path.of(System.getProperty("arcllm.wire", "src/test/resources/wire"), "errors.jsonl"));
		assertThat(lines).isNotEmpty();
		return lines;
	}

	static List<JsonNode> lines(Path file) {
		try {
			return Files.readAllLines(file).stream().filter((line) -> !line.isBlank()).map(JSON::readTree).toList();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	static LlmException read(JsonNode line) {
		HttpHeaders headers = new HttpHeaders();
		line.path("headers").properties().forEach((entry) -> headers.set(entry.getKey(), entry.getValue().asString()));
		JsonNode body = line.path("body");
		return read(line.path("status").asInt(), headers, body.isString() ? body.asString() : body.toString());
	}

	static LlmException read(int status, @Nullable HttpHeaders headers, String body) {
		byte[] bytes = ("x" + body + "x").getBytes(StandardCharsets.UTF_8);
		return new ErrorReader(new DefaultErrorClassifier(), CLOCK).read(TARGET, status,
				(headers != null) ? headers : new HttpHeaders(), bytes, 1, bytes.length - 2);
	}

}
