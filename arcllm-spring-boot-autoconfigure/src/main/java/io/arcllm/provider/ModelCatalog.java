package io.arcllm.provider;

import java.io.IOException;
import java.io.InputStream;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.arcllm.LlmConfigException;
import io.arcllm.Parameter;
import io.arcllm.ReasoningEffort;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * The models that are known by name or by the beginning of their name: the rows of
 * {@code models.json}. Immutable.
 */
public final class ModelCatalog {

	private static final JsonMapper JSON = JsonMapper.builder()
		.enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
		.build();

	private static final String CLAUDE = "claude";

	private final Map<String, ModelTraits> exact;

	/** By the beginning of the name. */
	private final TreeMap<String, ModelTraits> prefixes;

	private ModelCatalog(Map<String, ModelTraits> exact, TreeMap<String, ModelTraits> prefixes) {
		this.exact = exact;
		this.prefixes = prefixes;
	}

	/** Reads the rows of the library. */
	public static ModelCatalog load() {
		Map<String, ModelTraits> exact = new HashMap<>();
		TreeMap<String, ModelTraits> prefixes = new TreeMap<>();
		for (Row row : read()) {
			ModelTraits traits = row.traits();
			for (String name : row.models()) {
				String key = normal(name);
				if (key.endsWith("*")) {
					prefixes.put(key.substring(0, key.length() - 1), traits);
				}
				else {
					exact.put(key, traits);
				}
			}
		}
		return new ModelCatalog(exact, prefixes);
	}

	/**
	 * What is known of a model: by its exact name, else by the longest known beginning. A
	 * prefix before a {@code /}, as routers write it, is ignored.
	 */
	public ModelTraits find(@Nullable String model) {
		if (model == null) {
			return ModelTraits.UNKNOWN;
		}
		String name = normal(model.substring(model.lastIndexOf('/') + 1));
		ModelTraits traits = this.exact.get(name);
		for (Map.Entry<String, ModelTraits> entry = this.prefixes.floorEntry(name); traits == null
				&& entry != null; entry = this.prefixes.lowerEntry(entry.getKey())) {
			traits = name.startsWith(entry.getKey()) ? entry.getValue() : null;
		}
		return Objects.requireNonNullElse(traits, ModelTraits.UNKNOWN);
	}

	/** Anthropic writes {@code claude-sonnet-4-5}, routers {@code claude-sonnet-4.5}. */
	private static String normal(String name) {
		String lower = name.toLowerCase(Locale.ROOT);
		int claude = lower.indexOf(CLAUDE);
		// Bedrock writes us.anthropic.claude-…
		boolean begins = claude == 0 || (claude > 0 && lower.charAt(claude - 1) == '.');
		return begins ? lower.substring(claude).replace('.', '-') : lower;
	}

	private static List<Row> read() {
		try (InputStream json = Objects.requireNonNull(ModelCatalog.class.getResourceAsStream("models.json"))) {
			return JSON.readValue(json, new TypeReference<List<Row>>() {
			});
		}
		catch (IOException | JacksonException ex) {
			throw new LlmConfigException("Cannot read models.json: " + ex.getMessage());
		}
	}

	/**
	 * A row of the file.
	 *
	 * @param models names, or beginnings of names with {@code *}
	 * @param unsupported words of {@link Parameter}
	 * @param thinking a word of {@link ModelTraits.Thinking}
	 * @param efforts words of {@link ReasoningEffort}
	 * @param toolIds a word of {@link ToolIds}
	 * @param contextWindow in tokens
	 * @param maxOutput in tokens
	 * @param acceptsPrefix whether it continues an unfinished turn of its own
	 * @param rules words of {@link ModelTraits.Rule}
	 */
	public record Row(List<String> models, @Nullable List<String> unsupported, @Nullable String thinking,
			@Nullable List<String> efforts, @JsonProperty("tool-ids") @Nullable String toolIds,
			@JsonProperty("context-window") @Nullable Integer contextWindow,
			@JsonProperty("max-output") @Nullable Integer maxOutput,
			@JsonProperty("accepts-prefix") @Nullable Boolean acceptsPrefix, @Nullable List<String> rules) {

		ModelTraits traits() {
			return new ModelTraits(words(Parameter.class, this.unsupported),
					word(ModelTraits.Thinking.class, this.thinking),
					List.copyOf(words(ReasoningEffort.class, this.efforts)), word(ToolIds.class, this.toolIds),
					this.contextWindow, this.maxOutput, this.acceptsPrefix, words(ModelTraits.Rule.class, this.rules),
					null, null, Map.of());
		}

		private static <E extends Enum<E>> Set<E> words(Class<E> type, @Nullable List<String> words) {
			Set<E> all = EnumSet.noneOf(type);
			if (words != null) {
				words.forEach((word) -> all.add(Objects.requireNonNull(word(type, word))));
			}
			return all;
		}

		private static <E extends Enum<E>> @Nullable E word(Class<E> type, @Nullable String word) {
			return (word == null) ? null : Enum.valueOf(type, word.toUpperCase(Locale.ROOT).replace('-', '_'));
		}

	}

}
