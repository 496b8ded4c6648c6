package io.arcllm.provider;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.arcllm.Parameter;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a vendor, so that its name and a key are enough to configure a
 * provider.
 *
 * @param type the wire format: {@code anthropic}, {@code openai} or {@code ollama}
 * @param baseUrl where its API is; {@code null} where each customer has its own
 * @param keyVariables the environment variables that may have the key, in order of
 * precedence
 * @param keyRequired whether it needs a key; {@code true} if the row does not say
 * @param model the model if the configuration names none
 * @param quirks how it differs from its wire format, such as {@code no-stream-options}
 * @param acceptsPrefix whether it continues an unfinished turn of its own
 * @param unsupported what none of its models takes: words of {@link Parameter}
 */
public record Preset(String type, @JsonProperty("base-url") @Nullable String baseUrl,
		@JsonProperty("key-variables") List<String> keyVariables, @JsonProperty("key-required") Boolean keyRequired,
		@Nullable String model, Set<String> quirks, @JsonProperty("accepts-prefix") Boolean acceptsPrefix,
		Set<String> unsupported) {

	public Preset {
		type = (type == null) ? "" : type;
		keyVariables = (keyVariables == null) ? List.of() : List.copyOf(keyVariables);
		keyRequired = (keyRequired == null) ? Boolean.TRUE : keyRequired;
		quirks = (quirks == null) ? Set.of() : Set.copyOf(quirks);
		acceptsPrefix = (acceptsPrefix == null) ? Boolean.FALSE : acceptsPrefix;
		unsupported = (unsupported == null) ? Set.of() : Set.copyOf(unsupported);
		for (String word : unsupported) {
			if (Parameter.of(word).isEmpty()) {
				throw new IllegalArgumentException(
						"unsupported holds '" + word + "', which is not known: there are " + Parameter.words());
			}
		}
	}

	/** The preset of an unknown vendor. */
	public static Preset none() {
		return new Preset("", null, List.of(), false, null, Set.of(), false, Set.of());
	}

	/** What none of its models takes. */
	public Set<Parameter> refused() {
		return this.unsupported.stream().map((word) -> Parameter.of(word).orElseThrow()).collect(Collectors.toSet());
	}

}
