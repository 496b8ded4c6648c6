package io.arcllm.autoconfigure.config;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.boot.origin.Origin;
import org.springframework.boot.origin.PropertySourceOrigin;
import org.springframework.boot.origin.TextResourceOrigin;
import org.springframework.core.io.Resource;

/**
 * Gives the options of a provider the types in which they are sent. Binding turns a list
 * into a map of its indexes. In sources where everything is text, such as the command
 * line, numbers and booleans are recognised by their form; a YAML file has types of its
 * own.
 */
final class OptionTypes {

	private static final String NUMBER = "-?(?:0|[1-9]\\d{0,17})";

	private static final String DECIMAL = NUMBER + "(?:\\.\\d{1,17})?(?:[eE][+-]?\\d{1,3})?";

	private final Set<String> typed = new HashSet<>();

	/**
	 * @param sources where options may be written, highest precedence first
	 * @param key the prefix of the options, such as {@code
	 * arcllm.providers.openai.options}
	 */
	OptionTypes(List<ConfigurationPropertySource> sources, String key) {
		ConfigurationPropertyName root = ConfigurationPropertyName.of(key);
		Set<String> seen = new HashSet<>();
		for (ConfigurationPropertySource source : sources) {
			if (source instanceof IterableConfigurationPropertySource iterable) {
				iterable.stream().filter(root::isAncestorOf).forEach((name) -> {
					List<String> path = MeantSources.path(name);
					String below = path(path.subList(root.getNumberOfElements(), path.size()));
					if (seen.add(below) && isTyped(source.getConfigurationProperty(name))) {
						this.typed.add(below);
					}
				});
			}
		}
	}

	private static boolean isTyped(@Nullable ConfigurationProperty property) {
		if (property == null || String.valueOf(property.getValue()).contains("${")) {
			return false;
		}
		Origin origin = property.getOrigin();
		if (origin instanceof PropertySourceOrigin source) {
			origin = source.getOrigin();
		}
		Resource file = (origin instanceof TextResourceOrigin text) ? text.getResource() : null;
		String name = (file == null || file.getFilename() == null) ? "" : file.getFilename();
		return name.endsWith(".yml") || name.endsWith(".yaml");
	}

	private static String path(List<String> elements) {
		return elements.stream().map((element) -> element.toLowerCase(Locale.ROOT)).collect(Collectors.joining("."));
	}

	/** The options as they are sent, without blank ones. */
	Map<String, Object> of(Map<String, Object> options) {
		return object(List.of(), options);
	}

	private Map<String, Object> object(List<String> path, Map<?, ?> map) {
		Map<String, Object> object = new LinkedHashMap<>();
		map.forEach((key, value) -> {
			if (!(value instanceof CharSequence text && text.toString().isBlank())) {
				object.put(String.valueOf(key), value(below(path, key), value));
			}
		});
		return object;
	}

	private Object value(List<String> path, Object value) {
		if (value instanceof Map<?, ?> map) {
			return isList(map) ? list(path, map) : object(path, map);
		}
		return (value instanceof CharSequence text && !this.typed.contains(path(path))) ? scalar(text.toString())
				: value;
	}

	private static boolean isList(Map<?, ?> map) {
		for (int i = 0; i < map.size(); i++) {
			if (!map.containsKey(String.valueOf(i))) {
				return false;
			}
		}
		return !map.isEmpty();
	}

	private List<Object> list(List<String> path, Map<?, ?> map) {
		List<Object> list = new ArrayList<>();
		for (int i = 0; i < map.size(); i++) {
			Object element = map.get(String.valueOf(i));
			list.add((element == null) ? "" : value(below(path, i), element));
		}
		return list;
	}

	private static List<String> below(List<String> path, Object key) {
		List<String> below = new ArrayList<>(path);
		below.add(String.valueOf(key));
		return below;
	}

	private static Object scalar(String text) {
		if (text.equals("true") || text.equals("false")) {
			return Boolean.valueOf(text);
		}
		if (text.matches(NUMBER)) {
			return Long.valueOf(text);
		}
		return text.matches(DECIMAL) ? Double.valueOf(text) : text;
	}

}
