package io.arcllm.provider;

import java.util.List;
import java.util.Set;

import com.fasterxml.jackson.annotation.JsonProperty;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a vendor beforehand, so that its name and a key are a whole provider.
 *
 * @param type the wire format: {@code anthropic}, {@code openai} or {@code ollama}
 * @param baseUrl where its API is; {@code null} where everybody has their own
 * @param keyVariables the environment variables that may hold the key, first one first
 * @param keyRequired whether it answers nobody without a key; {@code true} unless the row
 * says otherwise
 * @param model asked where the configuration names none
 * @param quirks how it differs from its wire format, such as {@code no-stream-options}
 * @param acceptsPrefix whether it goes on from the beginning of its own turn
 */
public record Preset(String type, @JsonProperty("base-url") @Nullable String baseUrl,
		@JsonProperty("key-variables") List<String> keyVariables, @JsonProperty("key-required") Boolean keyRequired,
		@Nullable String model, Set<String> quirks, @JsonProperty("accepts-prefix") Boolean acceptsPrefix) {

	public Preset {
		type = (type == null) ? "" : type;
		keyVariables = (keyVariables == null) ? List.of() : List.copyOf(keyVariables);
		keyRequired = (keyRequired == null) ? Boolean.TRUE : keyRequired;
		quirks = (quirks == null) ? Set.of() : Set.copyOf(quirks);
		acceptsPrefix = (acceptsPrefix == null) ? Boolean.FALSE : acceptsPrefix;
	}

}
