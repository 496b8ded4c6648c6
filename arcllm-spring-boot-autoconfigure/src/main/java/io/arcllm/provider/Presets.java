package io.arcllm.provider;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URL;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

import io.arcllm.LlmConfigException;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * The vendors that are known by name. An application adds or replaces a vendor with a row
 * in its own {@value #RESOURCE}. Immutable.
 */
public final class Presets {

	/** The resource with the rows of an application. */
	public static final String RESOURCE = "META-INF/arcllm/presets.json";

	/** The known wire formats. */
	public static final List<String> FORMATS = List.of("anthropic", "openai", "ollama");

	private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]{0,63}");

	private static final JsonMapper JSON = JsonMapper.builder()
		.enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
		.build();

	private final Map<String, Preset> rows;

	private final ModelCatalog models;

	private Presets(Map<String, Preset> rows, ModelCatalog models) {
		this.rows = Collections.unmodifiableMap(rows);
		this.models = models;
	}

	/**
	 * Reads the rows of the library and of the application. Of two rows with the same
	 * name, the application's is used, and of two rows of the application the first one
	 * on the class path.
	 * @param classLoader the application's class loader; {@code null} for the thread's
	 * @throws LlmConfigException if a row cannot be read
	 */
	public static Presets load(@Nullable ClassLoader classLoader) {
		ClassLoader loader = (classLoader != null) ? classLoader : Thread.currentThread().getContextClassLoader();
		Map<String, Preset> rows = read(Objects.requireNonNull(Presets.class.getResource("presets.json")));
		Map<String, Preset> added = new LinkedHashMap<>();
		try {
			for (URL resource : Collections.list(loader.getResources(RESOURCE))) {
				read(resource).forEach(added::putIfAbsent);
			}
		}
		catch (IOException ex) {
			throw new LlmConfigException("Cannot look for " + RESOURCE + ": " + ex.getMessage());
		}
		rows.putAll(added);
		return new Presets(rows, ModelCatalog.load());
	}

	/** The vendor of that name. */
	public Optional<Preset> find(String name) {
		return Optional.ofNullable(this.rows.get(name));
	}

	/** The vendor whose API is at that host. */
	public Optional<String> at(String host) {
		return this.rows.entrySet()
			.stream()
			.filter((row) -> isAt(row.getValue().baseUrl(), host))
			.map(Map.Entry::getKey)
			.findFirst();
	}

	private static boolean isAt(@Nullable String url, String host) {
		String known = (url == null) ? null : URI.create(url).getHost();
		return known != null && !known.equals("localhost") && known.equalsIgnoreCase(host);
	}

	/** The models that are known by name. */
	public ModelCatalog models() {
		return this.models;
	}

	/** The names of all vendors, those of the library first. */
	public Set<String> names() {
		return this.rows.keySet();
	}

	private static Map<String, Preset> read(URL resource) {
		try (InputStream json = resource.openStream()) {
			Map<String, Preset> rows = JSON.readValue(json, new TypeReference<LinkedHashMap<String, Preset>>() {
			});
			rows.forEach((name, row) -> check(resource, name, row));
			return rows;
		}
		catch (IOException | JacksonException ex) {
			throw new LlmConfigException("Cannot read " + resource + ": " + ex.getMessage());
		}
	}

	/** Whether this is a valid name of a provider or vendor. */
	public static boolean isName(String name) {
		return NAME.matcher(name).matches();
	}

	private static void check(URL resource, String name, Preset row) {
		if (!isName(name)) {
			throw new LlmConfigException(
					"'" + name + "' in " + resource + " is not a name: write lower case letters, digits and '-'");
		}
		if (row == null || !FORMATS.contains(row.type())) {
			throw new LlmConfigException(
					"'" + name + "' in " + resource + " needs a type: one of " + String.join(", ", FORMATS));
		}
		if (!row.quirks().isEmpty() && !row.type().equals("openai")) {
			throw new LlmConfigException("'" + name + "' in " + resource + " has quirks " + row.quirks()
					+ ", which only type openai knows: remove them, or set its type to openai");
		}
	}

}
