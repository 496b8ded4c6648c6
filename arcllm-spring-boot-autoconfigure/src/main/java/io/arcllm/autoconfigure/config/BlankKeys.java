package io.arcllm.autoconfigure.config;

import java.util.List;
import java.util.stream.IntStream;

import io.arcllm.autoconfigure.config.KeyTree.Leaf;
import io.arcllm.autoconfigure.config.KeyTree.Open;
import io.arcllm.autoconfigure.config.KeyTree.Section;

import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.core.env.Environment;

/**
 * A key with nothing behind it, such as <code>max-wait:</code> or
 * <code>api-key: ${KEY:}</code>, is as if it were not there: it must not become a zero.
 * Only an empty list is a value.
 */
record BlankKeys(Section root, Environment environment) {

	private static final ConfigurationPropertyName ROOT = ConfigurationPropertyName.of("arcllm");

	ConfigurationPropertySource hiddenIn(ConfigurationPropertySource source) {
		return source.filter((name) -> !ROOT.isAncestorOf(name) || !isBlank(source, name) || mayBeBlank(name));
	}

	private boolean isBlank(ConfigurationPropertySource source, ConfigurationPropertyName name) {
		ConfigurationProperty property = source.getConfigurationProperty(name);
		return property != null && property.getValue() instanceof CharSequence text
				&& this.environment.resolvePlaceholders(text.toString()).isBlank();
	}

	private boolean mayBeBlank(ConfigurationPropertyName name) {
		List<String> path = path(name);
		KeyTree tree = UnknownKeys.node(this.root, path);
		boolean within = tree instanceof Open
				&& UnknownKeys.node(this.root, path.subList(0, path.size() - 1)) instanceof Open;
		return within || (tree instanceof Leaf leaf && leaf.list());
	}

	static List<String> path(ConfigurationPropertyName name) {
		return IntStream.range(0, name.getNumberOfElements())
			.mapToObj((i) -> name.getElement(i, Form.ORIGINAL))
			.toList();
	}

}
