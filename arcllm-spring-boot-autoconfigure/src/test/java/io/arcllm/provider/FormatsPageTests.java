package io.arcllm.provider;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;

import io.arcllm.Parameter;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The page about formats says what the data says.
 */
class FormatsPageTests {

	private final String page;

	FormatsPageTests() throws IOException {
		this.page = Files.readString(Path.of("../docs/formats.md"));
	}

	@Test
	void everyRowOfTheModelsIsOnThePage() throws IOException {
		JsonNode rows;
		try (var json = ModelCatalog.class.getResourceAsStream("models.json")) {
			rows = JsonMapper.shared().readTree(json);
		}
		assertThat(rows).isNotEmpty().allSatisfy((row) -> assertThat(this.page).contains(line(row)));
		assertThat(this.page.lines().filter((line) -> line.matches("\\| `[a-z0-9.-]+\\*?`[,|` a-z0-9.*-]*.*")))
			.filteredOn((line) -> line.chars().filter((c) -> c == '|').count() == 8)
			.hasSize(rows.size());
	}

	@Test
	void everyParameterIsOnThePage() {
		for (Parameter parameter : Parameter.values()) {
			assertThat(this.page).contains("`" + parameter.word() + "`");
		}
	}

	private static String line(JsonNode row) {
		String models = row.get("models")
			.valueStream()
			.map((model) -> "`" + model.asString() + "`")
			.collect(Collectors.joining(", "));
		String efforts = words(row, "efforts");
		String rules = words(row, "rules");
		if (row.has("accepts-prefix")) {
			rules += (rules.isEmpty() ? "" : ", ") + "no-prefix";
		}
		return "| " + String.join(" | ", models, words(row, "unsupported"),
				row.path("thinking").asString("") + (efforts.isEmpty() ? "" : ": " + efforts),
				row.path("tool-ids").asString(""), row.path("context-window").asString(""),
				row.path("max-output").asString(""), rules) + " |";
	}

	private static String words(JsonNode row, String key) {
		return row.path(key).valueStream().map(JsonNode::asString).collect(Collectors.joining(", "));
	}

}
