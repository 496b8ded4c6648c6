package io.arcllm.autoconfigure.config;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;

/**
 * A source in which the key {@code on} was read as {@code true}: YAML 1.1 does so unless
 * it stands in quotes.
 */
final class UnquotedOn implements IterableConfigurationPropertySource {

	private static final Pattern READ = Pattern
		.compile("^(arcllm\\..*modules\\.(?:retry|fallback))\\[true]((?:[.\\[].*)?)$");

	private static final Pattern MEANT = Pattern
		.compile("^(arcllm\\..*modules\\.(?:retry|fallback))\\.on((?:[.\\[].*)?)$");

	private final IterableConfigurationPropertySource source;

	private UnquotedOn(IterableConfigurationPropertySource source) {
		this.source = source;
	}

	/** The source as it was meant. */
	static ConfigurationPropertySource meantBy(ConfigurationPropertySource source) {
		boolean unquoted = source instanceof IterableConfigurationPropertySource iterable
				&& iterable.stream().anyMatch((name) -> READ.matcher(name.toString()).matches());
		return unquoted ? new UnquotedOn((IterableConfigurationPropertySource) source) : source;
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

	private static ConfigurationPropertyName renamed(ConfigurationPropertyName name, Pattern pattern, String element) {
		Matcher matcher = pattern.matcher(name.toString());
		return matcher.matches() ? ConfigurationPropertyName.of(matcher.group(1) + element + matcher.group(2)) : name;
	}

}
