package io.arcllm.autoconfigure.config;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.arcllm.autoconfigure.config.KeyTree.Entries;
import io.arcllm.autoconfigure.config.KeyTree.Leaf;
import io.arcllm.autoconfigure.config.KeyTree.Open;
import io.arcllm.autoconfigure.config.KeyTree.Section;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.core.env.Environment;

/**
 * Property sources with two corrections: YAML's unquoted {@code on} is a key of that
 * name, and a key without a value, such as <code>max-wait:</code> or <code>api-key:
 * ${KEY:}</code>, is absent, because it must not become a zero. Only an empty list is a
 * value.
 */
final class MeantSources {

	private static final ConfigurationPropertyName ROOT = ConfigurationPropertyName.of("arcllm");

	private MeantSources() {
	}

	/**
	 * The environment's sources, highest precedence first, with blank keys.
	 */
	static List<ConfigurationPropertySource> of(Environment environment) {
		List<ConfigurationPropertySource> sources = new ArrayList<>();
		ConfigurationPropertySources.get(environment)
			.forEach((source) -> sources.add(UnquotedOnSource.meantBy(source)));
		return sources;
	}

	/**
	 * A source without its blank keys.
	 * @param root the keys that are known
	 * @param environment resolves placeholders
	 */
	static ConfigurationPropertySource withoutBlankKeys(ConfigurationPropertySource source, Section root,
			Environment environment) {
		return source.filter(
				(name) -> !ROOT.isAncestorOf(name) || !isBlank(source, name, environment) || mayBeBlank(root, name));
	}

	private static boolean isBlank(ConfigurationPropertySource source, ConfigurationPropertyName name,
			Environment environment) {
		ConfigurationProperty property = source.getConfigurationProperty(name);
		return property != null && property.getValue() instanceof CharSequence text
				&& environment.resolvePlaceholders(text.toString()).isBlank();
	}

	private static boolean mayBeBlank(Section root, ConfigurationPropertyName name) {
		List<String> path = path(name);
		KeyTree tree = UnknownKeys.node(root, path);
		boolean within = tree instanceof Open
				&& UnknownKeys.node(root, path.subList(0, path.size() - 1)) instanceof Open;
		return within || tree instanceof Entries || (tree instanceof Leaf leaf && leaf.list());
	}

	/** The elements of a name as they are written. */
	static List<String> path(ConfigurationPropertyName name) {
		return IntStream.range(0, name.getNumberOfElements())
			.mapToObj((i) -> name.getElement(i, Form.ORIGINAL))
			.toList();
	}

	/**
	 * A source in which the key {@code on} was read as {@code true}: YAML 1.1 does so
	 * unless it stands in quotes.
	 */
	private static final class UnquotedOnSource implements IterableConfigurationPropertySource {

		private static final Pattern READ = Pattern
			.compile("^(arcllm\\..*modules\\.(?:retry|fallback))\\[true]((?:[.\\[].*)?)$");

		private static final Pattern MEANT = Pattern
			.compile("^(arcllm\\..*modules\\.(?:retry|fallback))\\.on((?:[.\\[].*)?)$");

		private final IterableConfigurationPropertySource source;

		private UnquotedOnSource(IterableConfigurationPropertySource source) {
			this.source = source;
		}

		static ConfigurationPropertySource meantBy(ConfigurationPropertySource source) {
			boolean unquoted = source instanceof IterableConfigurationPropertySource iterable
					&& iterable.stream().anyMatch((name) -> READ.matcher(name.toString()).matches());
			return unquoted ? new UnquotedOnSource((IterableConfigurationPropertySource) source) : source;
		}

		@Override
		public Stream<ConfigurationPropertyName> stream() {
			return this.source.stream().map((name) -> renamed(name, READ, ".on"));
		}

		@Override
		public @Nullable ConfigurationProperty getConfigurationProperty(ConfigurationPropertyName name) {
			ConfigurationProperty property = this.source.getConfigurationProperty(name);
			return (property != null) ? property : this.source.getConfigurationProperty(renamed(name, MEANT, "[true]"));
		}

		@Override
		public @Nullable Object getUnderlyingSource() {
			return this.source.getUnderlyingSource();
		}

		private static ConfigurationPropertyName renamed(ConfigurationPropertyName name, Pattern pattern,
				String element) {
			Matcher matcher = pattern.matcher(name.toString());
			return matcher.matches() ? ConfigurationPropertyName.of(matcher.group(1) + element + matcher.group(2))
					: name;
		}

	}

}
