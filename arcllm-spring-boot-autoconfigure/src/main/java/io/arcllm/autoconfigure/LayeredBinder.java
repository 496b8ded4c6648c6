package io.arcllm.autoconfigure;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.PropertySourcesPlaceholdersResolver;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.core.env.Environment;
import org.springframework.core.env.PropertySource;
import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.support.ResourcePropertySource;

/**
 * Binds what is configured over the defaults of the library, and explains what cannot be
 * bound.
 */
final class LayeredBinder {

	private static final String DEFAULTS = "META-INF/arcllm/defaults.properties";

	private final Environment environment;

	private final PropertySource<?> defaults;

	LayeredBinder(Environment environment) {
		this.environment = environment;
		try {
			this.defaults = new ResourcePropertySource("arcllm defaults",
					new ClassPathResource(DEFAULTS, LayeredBinder.class.getClassLoader()));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/** The environment's sources, highest precedence first. */
	List<ConfigurationPropertySource> configured() {
		List<ConfigurationPropertySource> sources = new ArrayList<>();
		ConfigurationPropertySources.get(this.environment).forEach(sources::add);
		return sources;
	}

	/** What is configured under a prefix. */
	List<ConfigLayer> configured(String prefix) {
		return configured().stream().map((source) -> new ConfigLayer(prefix, source.withPrefix(prefix))).toList();
	}

	/** The library's own defaults. */
	ConfigLayer defaults() {
		ConfigurationPropertySource source = ConfigurationPropertySource.from(this.defaults);
		if (source == null) {
			throw new IllegalStateException("No defaults in " + DEFAULTS);
		}
		return new ConfigLayer("", source);
	}

	/** The library's own defaults under a prefix. */
	ConfigLayer defaults(String prefix) {
		return new ConfigLayer(prefix, defaults().source().withPrefix(prefix));
	}

	/**
	 * Binds a name over layers, the first of which wins, key by key.
	 */
	<T> T bind(String name, Class<T> type, List<ConfigLayer> layers) {
		try {
			return new Binder(layers.stream().map(ConfigLayer::source).toList(),
					new PropertySourcesPlaceholdersResolver(this.environment))
				.bindOrCreate(name, Bindable.of(type));
		}
		catch (BindException ex) {
			throw BindMistake.explain(name, ex, layers);
		}
	}

}
