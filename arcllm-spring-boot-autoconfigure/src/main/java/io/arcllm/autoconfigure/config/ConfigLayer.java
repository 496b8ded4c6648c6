package io.arcllm.autoconfigure.config;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.origin.Origin;
import org.springframework.core.env.PropertySource;

/**
 * One place where settings are looked up, and the prefix of its keys.
 *
 * @param prefix what the keys begin with, such as {@code arcllm.modules}; empty for
 * settings given in code
 * @param source the settings, by the key after the prefix
 */
public record ConfigLayer(String prefix, ConfigurationPropertySource source) {

	/** The layer of the keys under a prefix. */
	ConfigLayer under(String prefix) {
		return new ConfigLayer(key(prefix), this.source.withPrefix(prefix));
	}

	/** Whether it has the library's own defaults. */
	boolean isOurs() {
		Object underlying = this.source.getUnderlyingSource();
		return underlying instanceof PropertySource<?> known && known.getName().startsWith("META-INF/arcllm/");
	}

	/** Whether it has the key. */
	boolean contains(String name) {
		return find(name) != null;
	}

	/** The whole key. */
	public String key(String name) {
		return this.prefix.isEmpty() ? name : this.prefix + "." + name;
	}

	/**
	 * Where the key is written, such as file and line, if that is known; nowhere, if code
	 * sets it.
	 */
	@Nullable String origin(String name) {
		boolean written = this.source.getUnderlyingSource() instanceof PropertySource<?>;
		ConfigurationProperty property = written ? find(name) : null;
		Origin origin = (property == null) ? null : property.getOrigin();
		return (origin == null) ? null : origin.toString();
	}

	/** Finds a list by its first entry. */
	@Nullable ConfigurationProperty find(String name) {
		ConfigurationProperty found = property(name);
		found = (found == null) ? property(name + "[0]") : found;
		return (found == null) ? property(name + "[0].target") : found;
	}

	private @Nullable ConfigurationProperty property(String name) {
		ConfigurationPropertyName valid = ConfigurationPropertyName.ofIfValid(name);
		return (valid == null) ? null : this.source.getConfigurationProperty(valid);
	}

}
