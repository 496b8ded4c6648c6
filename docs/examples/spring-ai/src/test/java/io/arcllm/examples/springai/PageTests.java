package io.arcllm.examples.springai;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The page of the handbook shows this application as it is.
 */
class PageTests {

	@ParameterizedTest
	@ValueSource(strings = { "src/main/resources/application.yml",
			"src/main/java/io/arcllm/examples/springai/Assistant.java",
			"src/test/java/io/arcllm/examples/springai/FailoverTests.java" })
	void thePageHasTheWholeFile(String file) throws IOException {
		assertThat(Files.readString(Path.of("../../with-spring-ai.md")))
			.contains(Files.readString(Path.of(file)).stripTrailing());
	}

}
