package io.arcllm.autoconfigure.config;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.arcllm.autoconfigure.config.KeyTree.Each;
import io.arcllm.autoconfigure.config.KeyTree.Entries;
import io.arcllm.autoconfigure.config.KeyTree.Entry;
import io.arcllm.autoconfigure.config.KeyTree.KnownKeys;
import io.arcllm.autoconfigure.config.KeyTree.Leaf;
import io.arcllm.autoconfigure.config.KeyTree.Open;
import io.arcllm.autoconfigure.config.KeyTree.Section;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/**
 * Finds keys that are not read, and what was probably meant.
 */
final class UnknownKeys {

	/** All keys begin so, and are no more alike for it. */
	private static final int SHARED = "arcllm.".length();

	private UnknownKeys() {
	}

	/**
	 * A key that is not known.
	 *
	 * @param meant the nearest right key
	 * @param likely whether it is so near that a slip is likely
	 * @param others the keys of the section it was looked for in
	 */
	record Unknown(String meant, boolean likely, List<String> others) {

		String action() {
			String list = this.others.stream().limit(16).reduce((a, b) -> a + ", " + b).orElse("");
			return "Did you mean '" + this.meant + "'?" + (list.isEmpty() ? "" : " Known here: " + list + ".");
		}

	}

	/**
	 * Looks a key up.
	 * @param path its elements
	 * @return empty if it is known
	 */
	static Optional<Unknown> find(Section root, List<String> path) {
		KeyTree tree = root;
		List<String> spelt = new ArrayList<>();
		for (int i = 0; i < path.size(); i++) {
			String element = path.get(i);
			KeyTree next = next(tree, element);
			if (next == null) {
				return Optional.of(unknown(root, tree, spelt, path));
			}
			spelt.add((tree instanceof Section section) ? String.valueOf(section.spelling(element)) : element);
			tree = next;
		}
		return Optional.empty();
	}

	/** What stands at a path, or {@code null} if it is not known. */
	static @Nullable KeyTree node(Section root, List<String> path) {
		KeyTree tree = root;
		for (String element : path) {
			tree = (tree == null) ? null : next(tree, element);
		}
		return tree;
	}

	private static @Nullable KeyTree next(KeyTree tree, String element) {
		if (tree instanceof Section section) {
			return section.child(element);
		}
		if (tree instanceof Each each) {
			return each.value();
		}
		if (tree instanceof Entries entries) {
			return isIndex(element) ? new Entry(entries.keys()) : null;
		}
		if (tree instanceof Entry entry) {
			return entry.keys().child(element);
		}
		boolean inList = tree instanceof Leaf leaf && leaf.list() && isIndex(element);
		return (tree instanceof Open || inList) ? tree : null;
	}

	private static Unknown unknown(Section root, KeyTree at, List<String> spelt, List<String> path) {
		String before = spelt.isEmpty() ? "" : String.join(".", spelt) + ".";
		String element = path.get(spelt.size());
		Section keys = (at instanceof Entry entry) ? entry.keys() : (at instanceof Section section) ? section : null;
		List<String> here = (keys == null) ? List.of() : List.copyOf(keys.children().keySet());
		Optional<String> inSection = Nearest.closeTo(element, here);
		if (inSection.isPresent()) {
			String meant = before + inSection.get();
			List<String> corrected = new ArrayList<>(path);
			corrected.set(spelt.size(), inSection.get());
			boolean allKnown = node(root, corrected) != null;
			String rest = String.join(".", path.subList(spelt.size() + 1, path.size()));
			return new Unknown((allKnown && !rest.isEmpty()) ? meant + "." + rest : meant, true, here);
		}
		String written = String.join(".", path);
		List<String> all = new ArrayList<>();
		collect(root, "", path, all);
		String meant = Nearest.to(written, all).orElse(written);
		boolean likely = Nearest.distance(written, meant) <= (written.length() - ((path.size() > 2) ? 0 : SHARED)) / 3;
		String shown = (likely || here.isEmpty()) ? meant : before + Nearest.to(element, here).orElse("");
		return new Unknown(shown, likely, here);
	}

	/** All keys; the user's own names are taken from the path where it has them. */
	private static void collect(KeyTree tree, String prefix, List<String> path, List<String> keys) {
		String dot = prefix.isEmpty() ? "" : prefix + ".";
		if (tree instanceof Section section) {
			section.children().forEach((key, child) -> collect(child, dot + key, path, keys));
		}
		else if (tree instanceof Each each) {
			int depth = prefix.split("\\.").length;
			collect(each.value(), dot + ((depth < path.size()) ? path.get(depth) : "<name>"), path, keys);
		}
		else {
			keys.add(prefix);
		}
	}

	/**
	 * Whether a variable of the environment is some way of writing a known key, since
	 * dashes are left out there, or are underscores.
	 */
	static boolean isKnownVariable(KeyTree tree, List<String> parts) {
		if (tree instanceof Open) {
			return true;
		}
		if ((tree instanceof Entries || tree instanceof Entry) && parts.isEmpty()) {
			return true;
		}
		if (tree instanceof Leaf leaf) {
			return parts.isEmpty() || (leaf.list() && parts.stream().allMatch(UnknownKeys::isIndex));
		}
		return IntStream.rangeClosed(1, parts.size()).anyMatch((length) -> {
			KeyTree next = next(tree, String.join("", parts.subList(0, length)));
			return next != null && isKnownVariable(next, parts.subList(length, parts.size()));
		});
	}

	static List<String> parts(String variable) {
		return Arrays.stream(variable.toLowerCase(Locale.ROOT).split("_")).filter((part) -> !part.isEmpty()).toList();
	}

	static boolean isIndex(String element) {
		return !element.isEmpty() && element.chars().allMatch(Character::isDigit);
	}

	/**
	 * Stops the start for a key under {@code arcllm} that is not read. Never shows a
	 * value.
	 */
	static final class UnknownKeyCheck {

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
				Stream.of(environment.getPropertyNames())
					.filter((variable) -> !VariableSource.isLink(environment, variable))
					.forEach(this::checkVariable);
			}
			else if (source instanceof IterableConfigurationPropertySource iterable) {
				iterable.stream().filter(ROOT::isAncestorOf).forEach((name) -> check(source, name));
			}
		}

		private void check(ConfigurationPropertySource source, ConfigurationPropertyName name) {
			checkModels(name);
			Optional<Unknown> unknown = UnknownKeys.find(this.known.root(), MeantSources.path(name));
			if (UnknownKeys.node(this.known.root(), MeantSources.path(name)) instanceof Section section) {
				checkNoValue(source, name, section);
			}
			if (unknown.isPresent() && (unknown.get().likely() || !isShared(source))) {
				ConfigurationProperty property = source.getConfigurationProperty(name);
				String origin = (property == null || property.getOrigin() == null) ? ""
						: " (" + property.getOrigin() + ")";
				throw mistake(name.toString(), origin, unknown.get());
			}
		}

		/** A provider's models are a list: Spring drops dots and slashes from keys. */
		private static void checkModels(ConfigurationPropertyName name) {
			List<String> path = MeantSources.path(name);
			if (path.size() > 4 && path.get(1).equals("providers") && path.get(3).equals("models")
					&& !isIndex(path.get(4))) {
				String key = String.join(".", path.subList(0, 4));
				throw new ConfigMistake(key, "'" + key + "' is a map, but must be a list.",
						"Write each model as an entry of the list: '- name: " + path.get(4) + "'.");
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
		 * The machine's system properties and environment belong to others, too: only
		 * what looks like a slip is one.
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

}
