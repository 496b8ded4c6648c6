package io.arcllm.page;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.arcllm.ErrorKind;
import io.arcllm.LlmException;
import io.arcllm.test.ScriptedLlm;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * The programs of the pages "Ask" and "Test your application" are those that run here.
 */
class PagesTests {

	private static final Path DOCS = Path.of("..", "docs");

	@ParameterizedTest
	@CsvSource({ "ask.md, AskApplication", "ask.md, QuestionController", "testing.md, AskApplicationTests" })
	void programIsShownAsItRuns(String page, String program) throws IOException {
		String source = Files.readString(Path.of("src/test/java/io/arcllm/page", program + ".java"));
		// here, it must not find the configuration of the sample
		String shown = source.substring(source.indexOf("\n@") + 1).replaceAll(",\\s*properties = \\{[^}]*}", "");
		assertThat(Files.readString(DOCS.resolve(page))).contains(shown);
	}

	@Test
	void configurationIsShownAsItIs() throws IOException {
		assertThat(Files.readString(DOCS.resolve("ask.md")))
			.contains(Files.readString(Path.of("src/test/resources/page/ask.yml")));
	}

	@Test
	void namesOfPagesAreThoseOfTheLibrary() throws IOException {
		for (String page : new String[] { "ask.md", "testing.md" }) {
			Matcher words = Pattern.compile("ErrorKind\\.([A-Z_]+)").matcher(Files.readString(DOCS.resolve(page)));
			assertThat(words.results().map((word) -> word.group(1)))
				.allSatisfy((word) -> assertThat(ErrorKind.valueOf(word)).isNotNull());
		}
	}

	@Test
	void blockingControllerIsTestedWithAScript() {
		ScriptedLlm llm = ScriptedLlm.create()
			.answer("It rains.")
			.fail(ErrorKind.CONTENT_POLICY)
			.fail(ErrorKind.TIMEOUT);
		QuestionController controller = new QuestionController(llm);
		assertThat(controller.question("a")).isEqualTo(new QuestionController.Answer("It rains.", "scripted"));
		assertThat(controller.question("b").text()).contains("rather not");
		assertThatExceptionOfType(LlmException.class).isThrownBy(() -> controller.question("c"));
		assertThat(llm.asked()).hasSize(3);
	}

}
