package io.arcllm.autoconfigure.config;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import io.arcllm.autoconfigure.config.KeyTree.Each;
import io.arcllm.autoconfigure.config.KeyTree.Entries;
import io.arcllm.autoconfigure.config.KeyTree.Entry;
import io.arcllm.autoconfigure.config.KeyTree.Items;
import io.arcllm.autoconfigure.config.KeyTree.Leaf;
import io.arcllm.autoconfigure.config.KeyTree.Open;
import io.arcllm.autoconfigure.config.KeyTree.Section;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/**
 * Variables of the environment under the names of keys. A variable does not show where an
 * element ends, because dots, dashes and underscores are all underscores in it; the known
 * keys decide. The service links of a cluster are left out.
 */
final class VariableSource implements IterableConfigurationPropertySource {

	private static final Pattern LINK = Pattern
		.compile("arcllm\\w*_(?:service_host|service_port(?:_\\w+)?|port(?:_\\d+_(?:tcp|udp|sctp)(?:_\\w+)?)?)");

	private static final Pattern LINK_VALUE = Pattern
		.compile("(?:tcp|udp|sctp)(?:://.*)?|\\d{1,5}|\\d{1,3}(?:\\.\\d{1,3}){3}|[0-9a-f:]*:[0-9a-f:.]*");

	private static final String MODELS = "arcllm.models";

	private final ConfigurationPropertySource source;

	private final Map<ConfigurationPropertyName, ConfigurationPropertyName> written = new LinkedHashMap<>();

	private final List<ConfigurationPropertyName> others = new ArrayList<>();

	/**
	 * @param source the variables as Spring Boot names them
	 * @param variables the same as they are
	 * @param root the keys that are known
	 * @param declared the names of providers that are declared elsewhere
	 */
	private VariableSource(ConfigurationPropertySource source, SystemEnvironmentPropertySource variables, Section root,
			Collection<String> declared) {
		this.source = source;
		for (String variable : variables.getPropertyNames()) {
			List<String> parts = UnknownKeys.parts(variable);
			if (!parts.isEmpty() && parts.get(0).equals("arcllm") && !isLink(variables, variable)) {
				ConfigurationPropertyName asWritten = ConfigurationPropertyName.adapt(String.join(".", parts), '.');
				String meant = meant(root, parts, declared);
				if (meant == null) {
					this.others.add(asWritten);
				}
				else {
					this.written.put(ConfigurationPropertyName.of(meant), asWritten);
				}
			}
		}
	}

	/**
	 * The source with the names of keys, if it has variables of ours.
	 */
	static ConfigurationPropertySource meantBy(ConfigurationPropertySource source, Section root,
			Collection<String> declared) {
		return (source.getUnderlyingSource() instanceof SystemEnvironmentPropertySource variables
				&& Stream.of(variables.getPropertyNames())
					.anyMatch((variable) -> variable.toLowerCase(Locale.ROOT).startsWith("arcllm")))
							? new VariableSource(source, variables, root, declared) : source;
	}

	/**
	 * Whether a cluster made the variable as a link to a service whose name begins with
	 * arcllm.
	 */
	static boolean isLink(SystemEnvironmentPropertySource variables, String variable) {
		return LINK.matcher(variable.toLowerCase(Locale.ROOT)).matches()
				&& LINK_VALUE.matcher(String.valueOf(variables.getProperty(variable)).toLowerCase(Locale.ROOT))
					.matches()
				&& !isPort(variable, String.valueOf(variables.getProperty(variable)));
	}

	/**
	 * Whether the value is a link's; a plain number is a port of ours, such as that of a
	 * proxy.
	 */
	private static boolean isPort(String variable, String value) {
		return variable.toLowerCase(Locale.ROOT).matches("arcllm\\w*(?<!service|_tcp|_udp|_sctp)_port")
				&& !value.contains("://");
	}

	@Override
	public Stream<ConfigurationPropertyName> stream() {
		return Stream.concat(this.written.keySet().stream(), this.others.stream());
	}

	/** The variables that match a known key. */
	Stream<ConfigurationPropertyName> known() {
		return this.written.keySet().stream();
	}

	@Override
	public @Nullable ConfigurationProperty getConfigurationProperty(ConfigurationPropertyName name) {
		ConfigurationPropertyName asWritten = this.written.get(name);
		ConfigurationProperty property = (asWritten == null) ? null : this.source.getConfigurationProperty(asWritten);
		if (property != null) {
			return new ConfigurationProperty(name, property.getValue(), property.getOrigin());
		}
		return (asWritten == null && !this.others.contains(name)) ? null : this.source.getConfigurationProperty(name);
	}

	@Override
	public @Nullable Object getUnderlyingSource() {
		return this.source.getUnderlyingSource();
	}

	/** The key of the variable; {@code null} if none matches. */
	private static @Nullable String meant(KeyTree tree, List<String> parts, Collection<String> declared) {
		return (tree instanceof Section section) ? meant(section, "", parts, declared) : null;
	}

	private static @Nullable String meant(KeyTree tree, String before, List<String> parts,
			Collection<String> declared) {
		if (tree instanceof Open) {
			return open(before, parts);
		}
		if (tree instanceof Leaf leaf) {
			return parts.isEmpty() ? before : (leaf.list() && parts.size() == 1 && UnknownKeys.isIndex(parts.get(0)))
					? before + "[" + parts.get(0) + "]" : null;
		}
		if (tree instanceof Items items) {
			boolean element = !parts.isEmpty() && UnknownKeys.isIndex(parts.get(0));
			return !element ? (parts.isEmpty() ? before : null)
					: meant(items.value(), before + "[" + parts.get(0) + "]", parts.subList(1, parts.size()), declared);
		}
		if (tree instanceof Entries entries) {
			boolean element = !parts.isEmpty() && UnknownKeys.isIndex(parts.get(0));
			return !element ? (parts.isEmpty() ? before : null) : meant(new Entry(entries.keys()),
					before + "[" + parts.get(0) + "]", parts.subList(1, parts.size()), declared);
		}
		if (tree instanceof Entry entry) {
			return parts.isEmpty() ? before : section(entry.keys(), before, parts, declared);
		}
		return (tree instanceof Each each) ? each(each, before, parts, declared)
				: section((Section) tree, before, parts, declared);
	}

	private static @Nullable String section(Section section, String before, List<String> parts,
			Collection<String> declared) {
		for (int length = parts.size(); length > 0; length--) {
			String spelling = section.spelling(String.join("", parts.subList(0, length)));
			KeyTree child = (spelling == null) ? null : section.children().get(spelling);
			if (child != null) {
				String dot = before.isEmpty() ? "" : before + ".";
				String meant = meant(child, dot + spelling, parts.subList(length, parts.size()), declared);
				if (meant != null) {
					return meant;
				}
			}
		}
		return null;
	}

	private static @Nullable String each(Each each, String before, List<String> parts, Collection<String> declared) {
		if (!parts.isEmpty() && UnknownKeys.isIndex(parts.get(0))) {
			return meant(each.value(), before + "[" + parts.get(0) + "]", parts.subList(1, parts.size()), declared);
		}
		String shortest = null;
		for (int length = 1; length < parts.size(); length++) {
			String name = name(String.join("-", parts.subList(0, length)), declared);
			String meant = meant(each.value(), before + "." + name, parts.subList(length, parts.size()), declared);
			if (meant != null && declared.contains(name)) {
				return meant;
			}
			shortest = (shortest == null) ? meant : shortest;
		}
		return shortest;
	}

	private static String name(String written, Collection<String> declared) {
		return declared.stream()
			.filter((name) -> KeyTree.uniform(name).equals(KeyTree.uniform(written)))
			.findFirst()
			.orElse(written);
	}

	/** The rest is one name, of a field of the body or of a header. */
	private static @Nullable String open(String before, List<String> parts) {
		if (parts.isEmpty()) {
			return null;
		}
		boolean last = parts.size() > 1 && UnknownKeys.isIndex(parts.get(parts.size() - 1));
		if (last && (before.endsWith(".options") || before.equals(MODELS))) {
			return open(before, parts.subList(0, parts.size() - 1)) + "[" + parts.get(parts.size() - 1) + "]";
		}
		if (before.endsWith(".options")) {
			return before + "[" + String.join("_", parts) + "]";
		}
		if (before.endsWith(".headers") || before.equals(MODELS)) {
			return before + "[" + String.join("-", parts) + "]";
		}
		return (parts.size() == 1) ? before + "[" + parts.get(0) + "]" : null;
	}

}
