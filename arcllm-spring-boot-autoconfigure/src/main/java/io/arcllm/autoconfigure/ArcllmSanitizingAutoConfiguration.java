package io.arcllm.autoconfigure;

import java.util.Locale;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.arcllm.autoconfigure.config.ProviderDefinitions;
import io.arcllm.autoconfigure.config.Text;
import io.arcllm.provider.Presets;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.endpoint.SanitizableData;
import org.springframework.boot.actuate.endpoint.SanitizingFunction;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;
import org.springframework.util.function.SingletonSupplier;

/**
 * Masks keys and passwords in the actuator, even if it is configured to show values.
 */
@AutoConfiguration
@ConditionalOnClass(SanitizingFunction.class)
public final class ArcllmSanitizingAutoConfiguration {

	private static final Pattern SECRET = Pattern.compile(
			"^arcllm[._]?providers[._\\[].*(api[-_]?keys?|password|headers|options|base[-_]?url)",
			Pattern.CASE_INSENSITIVE);

	/**
	 * Shorter keys occur inside ordinary words, so they are masked only where they are
	 * the whole value.
	 */
	private static final int SHORTEST_PART = 8;

	@Bean
	SanitizingFunction arcllmSanitizing(ObjectProvider<Presets> presets,
			ObjectProvider<ProviderDefinitions> definitions) {
		Supplier<Set<String>> variables = SingletonSupplier.of(() -> variables(presets.getIfAvailable()));
		return (data) -> {
			if (SECRET.matcher(data.getLowerCaseKey()).find() || variables.get().contains(data.getLowerCaseKey())) {
				return masked(data);
			}
			return holdsKey(data.getValue(), definitions.getIfAvailable()) ? data.withValue(Text.MASK) : data;
		};
	}

	/** Whether a value contains a configured key, whatever the name of the property. */
	private static boolean holdsKey(@Nullable Object value, @Nullable ProviderDefinitions definitions) {
		if (value == null || definitions == null) {
			return false;
		}
		String text = value.toString();
		return definitions.all()
			.stream()
			.flatMap((definition) -> Stream.concat(definition.keys().stream(),
					Stream.ofNullable(definition.http().proxy().password())))
			.anyMatch((key) -> (key.length() < SHORTEST_PART) ? text.equals(key) : text.contains(key));
	}

	/** The environment variables that have keys. */
	private static Set<String> variables(@Nullable Presets presets) {
		return (presets == null) ? Set.of()
				: presets.names()
					.stream()
					.flatMap((name) -> presets.find(name).stream())
					.flatMap((preset) -> preset.keyVariables().stream())
					.map((variable) -> variable.toLowerCase(Locale.ROOT))
					.collect(Collectors.toSet());
	}

	private static SanitizableData masked(SanitizableData data) {
		Object value = data.getValue();
		boolean url = data.getLowerCaseKey().replaceAll("[-_]", "").endsWith("baseurl");
		return data.withValue((url && value != null) ? Text.maskUrl(value.toString()) : Text.MASK);
	}

}
