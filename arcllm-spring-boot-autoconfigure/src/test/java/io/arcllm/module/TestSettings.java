package io.arcllm.module;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.support.PropertiesLoaderUtils;

/**
 * Settings of a module as an application has them: what a test names, over the defaults
 * of the library.
 */
public final class TestSettings {

	private static final Properties DEFAULTS = defaults();

	private TestSettings() {
	}

	private static Properties defaults() {
		try {
			return PropertiesLoaderUtils.loadProperties(new ClassPathResource("META-INF/arcllm/defaults.properties"));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * The defaults.
	 * @param type the settings of a module, such as {@code RetrySettings}
	 * @param settings keys as they are configured, and their values, in turn; a value of
	 * {@code null} leaves a key without any
	 */
	public static <T> T of(Class<T> type, @Nullable Object... settings) {
		String module = "arcllm.modules." + kebab(type.getSimpleName().replace("Settings", ""));
		Map<String, Object> all = new LinkedHashMap<>();
		DEFAULTS.forEach((key, value) -> all.put(key.toString(), value));
		for (int i = 0; i < settings.length; i += 2) {
			String key = settings[i].toString();
			requireKnown(type, key.split("\\.")[0]);
			all.remove(module + "." + key);
			if (settings[i + 1] != null) {
				all.put(module + "." + key, settings[i + 1]);
			}
		}
		try {
			return new Binder(List.of(new MapConfigurationPropertySource(all))).bindOrCreate(module, type);
		}
		catch (BindException ex) {
			throw (NestedExceptionUtils.getMostSpecificCause(ex) instanceof IllegalArgumentException wrong) ? wrong
					: ex;
		}
	}

	private static void requireKnown(Class<?> type, String key) {
		if (Arrays.stream(type.getRecordComponents()).noneMatch((one) -> kebab(one.getName()).equals(key))) {
			throw new IllegalArgumentException(type.getSimpleName() + " has no '" + key + "'");
		}
	}

	private static String kebab(String name) {
		return name.replaceAll("(?<=[a-z])(?=[A-Z])", "-").toLowerCase(Locale.ROOT);
	}

}
