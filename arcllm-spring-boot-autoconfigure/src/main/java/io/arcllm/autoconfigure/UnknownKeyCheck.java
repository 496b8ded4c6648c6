package io.arcllm.autoconfigure;

import java.util.List;
import java.util.Optional;

import io.arcllm.autoconfigure.KeyTree.Section;
import io.arcllm.autoconfigure.UnknownKeys.Unknown;

import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.core.env.PropertySource;

/**
 * Stops the start for a key under {@code arcllm} that nobody reads. Never shows a value.
 */
final class UnknownKeyCheck {

	private static final ConfigurationPropertyName ROOT = ConfigurationPropertyName.of("arcllm");

	private final KnownKeys known;

	UnknownKeyCheck(KnownKeys known) {
		this.known = known;
	}

	void check(List<ConfigurationPropertySource> sources) {
		sources.forEach(this::check);
	}

	private void check(ConfigurationPropertySource source) {
		if (source.getUnderlyingSource() instanceof SystemEnvironmentPropertySource environment) {
			List.of(environment.getPropertyNames()).forEach(this::checkVariable);
		}
		else if (source instanceof IterableConfigurationPropertySource iterable) {
			iterable.stream().filter(ROOT::isAncestorOf).forEach((name) -> check(source, name));
		}
	}

	private void check(ConfigurationPropertySource source, ConfigurationPropertyName name) {
		Optional<Unknown> unknown = UnknownKeys.find(this.known.root(), BlankKeys.path(name));
		if (UnknownKeys.node(this.known.root(), BlankKeys.path(name)) instanceof Section section) {
			checkNoValue(source, name, section);
		}
		if (unknown.isPresent() && (unknown.get().likely() || !isShared(source))) {
			ConfigurationProperty property = source.getConfigurationProperty(name);
			String origin = (property == null || property.getOrigin() == null) ? "" : " (" + property.getOrigin() + ")";
			throw mistake(name.toString(), origin, unknown.get());
		}
	}

	private static void checkNoValue(ConfigurationPropertySource source, ConfigurationPropertyName name,
			Section section) {
		ConfigurationProperty property = source.getConfigurationProperty(name);
		if (property != null && property.getValue() instanceof CharSequence text && !text.toString().isBlank()) {
			throw new ConfigMistake(name.toString(), "'" + name + "' is a section and cannot have a value itself.",
					"Write its keys beneath it, such as '" + name + "." + (section.children().containsKey("enabled")
							? "enabled" : section.children().keySet().iterator().next()) + "'.");
		}
	}

	/**
	 * The machine's system properties and environment belong to others, too: only what
	 * looks like a slip is one.
	 */
	private static boolean isShared(ConfigurationPropertySource source) {
		return source.getUnderlyingSource() instanceof PropertySource<?> underlying
				&& underlying.getName().equals(StandardEnvironment.SYSTEM_PROPERTIES_PROPERTY_SOURCE_NAME);
	}

	private void checkVariable(String variable) {
		List<String> path = UnknownKeys.parts(variable);
		Section root = this.known.root();
		if (path.size() < 2 || !path.get(0).equals("arcllm") || UnknownKeys.isKnownVariable(root, path)) {
			return;
		}
		UnknownKeys.find(root, path).filter(Unknown::likely).ifPresent((unknown) -> {
			throw mistake(variable, " (environment variable)", unknown);
		});
	}

	private static ConfigMistake mistake(String key, String origin, Unknown unknown) {
		return new ConfigMistake(key, "'" + key + "'" + origin + " is not known.", unknown.action());
	}

}
