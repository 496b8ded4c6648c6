package io.arcllm.autoconfigure.config;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

import io.arcllm.autoconfigure.config.KeyTree.Each;
import io.arcllm.autoconfigure.config.KeyTree.Items;
import io.arcllm.autoconfigure.config.KeyTree.Open;
import io.arcllm.autoconfigure.config.KeyTree.Section;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.mock.env.MockEnvironment;

import static org.assertj.core.api.Assertions.assertThat;

class ConfigurationMetadataTests {

	private static final String PROVIDER = "arcllm.providers.<name>.";

	private final Map<String, JsonNode> metadata = metadata();

	@Test
	void everyKnownKeyIsDescribed() {
		assertThat(this.metadata.keySet()).containsAll(knownKeys());
		assertThat(knownKeys()).hasSizeGreaterThan(60);
		assertThat(this.metadata)
			.allSatisfy((key, item) -> assertThat(item.path("description").asString("")).isNotBlank());
	}

	@Test
	void everyDescribedKeyIsKnown() {
		Set<String> described = new TreeSet<>(this.metadata.keySet());
		described.removeAll(knownKeys());
		assertThat(described).containsExactly("arcllm.modules.budget.limits", "arcllm.modules.redaction.patterns",
				"arcllm.providers", PROVIDER + "models", PROVIDER + "modules");
	}

	@Test
	void describedDefaultsAreTheDefaults() throws IOException {
		Map<String, String> described = new TreeMap<>();
		this.metadata.forEach((key, item) -> {
			if (!key.startsWith(PROVIDER) && item.has("defaultValue")) {
				described.put(key, text(item.get("defaultValue")));
			}
		});
		assertThat(described).isEqualTo(defaults());
	}

	@Test
	void everyKeyIsInTheReference() throws IOException {
		String reference = Files.readString(Path.of("../docs/configuration.md"));
		assertThat(this.metadata.keySet()).allSatisfy((key) -> {
			String name = key.replace(PROVIDER + "models[].", "").replace(PROVIDER, "");
			assertThat(reference).contains("`" + name + "`");
		});
	}

	@Test
	void referenceNamesTheDefaults() throws IOException {
		String reference = Files.readString(Path.of("../docs/configuration.md"));
		defaults().forEach((key, value) -> {
			String shown = value.isEmpty() ? "none" : "`" + value.replace(",", ", ") + "`";
			assertThat(reference).contains("| `" + key + "` | " + shown + " |");
		});
	}

	private static Map<String, JsonNode> metadata() {
		Map<String, JsonNode> items = new TreeMap<>();
		String nested = "spring/configuration-metadata/" + ProviderProperties.class.getName();
		read("spring-configuration-metadata.json", "", items);
		read(nested + ".json", PROVIDER, items);
		read(nested + "$Model.json", PROVIDER + "models[].", items);
		return items;
	}

	private static void read(String resource, String prefix, Map<String, JsonNode> items) {
		ClassLoader loader = ArcllmProperties.class.getClassLoader();
		try {
			// others on the class path have a file of the same name
			for (var url : Collections.list(loader.getResources("META-INF/" + resource))) {
				try (InputStream json = url.openStream()) {
					for (JsonNode item : new JsonMapper().readTree(json).get("properties")) {
						String name = item.get("name").asString();
						if (!prefix.isEmpty() || name.startsWith("arcllm.")) {
							items.put(prefix + name, item);
						}
					}
				}
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static Map<String, String> defaults() throws IOException {
		Properties properties = new Properties();
		try (InputStream file = Objects.requireNonNull(
				ArcllmProperties.class.getClassLoader().getResourceAsStream("META-INF/arcllm/defaults.properties"))) {
			properties.load(file);
		}
		Map<String, String> defaults = new TreeMap<>();
		properties.forEach((key, value) -> defaults.put(key.toString(), value.toString()));
		return defaults;
	}

	private static String text(JsonNode value) {
		return value.isArray() ? StreamSupport.stream(value.spliterator(), false)
			.map(ConfigurationMetadataTests::text)
			.collect(Collectors.joining(",")) : value.asString();
	}

	private static Set<String> knownKeys() {
		Set<String> keys = new TreeSet<>();
		collect(new LayeredBinder(new MockEnvironment()).known().root(), "", keys);
		return keys;
	}

	private static void collect(KeyTree tree, String path, Set<String> keys) {
		if (tree instanceof Section section) {
			section.children().forEach((key, child) -> {
				if (!path.equals("arcllm.providers.<name>") || !key.equals("modules")) {
					collect(child, path.isEmpty() ? key : path + "." + key, keys);
				}
			});
		}
		else if (tree instanceof Each each) {
			collect(each.value(), path + ".<name>", keys);
		}
		else if (tree instanceof Items items) {
			collect(items.value(), path + "[]", keys);
		}
		else if (!(tree instanceof Open) || !path.startsWith("arcllm.modules.")) {
			keys.add(path);
		}
	}

}
