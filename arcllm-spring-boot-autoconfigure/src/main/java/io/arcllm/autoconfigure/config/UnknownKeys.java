package io.arcllm.autoconfigure.config;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.ToIntFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.arcllm.autoconfigure.config.KeyTree.Each;
import io.arcllm.autoconfigure.config.KeyTree.Entries;
import io.arcllm.autoconfigure.config.KeyTree.Entry;
import io.arcllm.autoconfigure.config.KeyTree.Items;
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
 * Finds keys that are not read, and the known keys that were probably meant.
 */
final class UnknownKeys {

	/** The common beginning of all keys, which does not count as similarity. */
	private static final int SHARED = "arcllm.".length();

	private UnknownKeys() {
	}

	/**
	 * A key that is not known.
	 *
	 * @param meant the nearest right key
	 * @param likely whether it is so near that a spelling mistake is likely
	 * @param others the keys of its section
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

	/**
	 * Finds what a variable of the environment probably means. It does not tell where an
	 * element ends, so only letters and digits are compared, and the name of a provider
	 * may have several parts.
	 */
	static Unknown variable(Section root, List<String> parts) {
		List<String> keys = new ArrayList<>();
		collect(root, "", parts, keys);
		for (int end = 4; parts.get(1).equals("providers") && end < parts.size(); end++) {
			List<String> path = new ArrayList<>(parts.subList(0, 2));
			path.add(String.join("-", parts.subList(2, end)));
			path.addAll(parts.subList(end, parts.size()));
			collect(root, "", path, keys);
		}
		String written = String.join("", parts);
		ToIntFunction<String> distance = (key) -> Nearest.distance(written, key.replaceAll("[^a-z0-9]", ""));
		String meant = keys.stream().min(Comparator.comparingInt(distance)).orElse(written);
		int own = String.join(".", parts).length() - ((parts.size() > 2) ? 0 : SHARED);
		return new Unknown(meant, distance.applyAsInt(meant) <= own / 3, List.of());
	}

	/** The node at a path, or {@code null} if there is none. */
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
		if (tree instanceof Items items) {
			return isIndex(element) ? items.value() : null;
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
		Optional<String> elsewhere = elsewhere(root, path, spelt.size());
		if (elsewhere.isPresent()) {
			return new Unknown(elsewhere.get(), likely, here);
		}
		String shown = (likely || here.isEmpty()) ? meant : before + Nearest.to(element, here).orElse("");
		return new Unknown(shown, likely, here);
	}

	/** The place of a key with the same name, if there is exactly one. */
	private static Optional<String> elsewhere(Section root, List<String> path, int known) {
		List<String> all = new ArrayList<>();
		collectNodes(root, "", path, all);
		List<String> rest = path.subList(known, path.size());
		for (int length = rest.size(); length > 0; length--) {
			String end = "." + String.join(".", rest.subList(0, length));
			Optional<String> found = all.stream()
				.filter((key) -> key.endsWith(end))
				.max(Comparator.comparingInt((String key) -> shared(key, path))
					.thenComparing((key) -> !key.contains("<"))
					.thenComparing(String::length, Comparator.reverseOrder()));
			if (found.isPresent()) {
				return found;
			}
		}
		return Optional.empty();
	}

	/** How many elements are the same at the beginning. */
	private static int shared(String key, List<String> path) {
		String[] elements = key.split("\\.");
		int shared = 0;
		while (shared < Math.min(elements.length, path.size()) && elements[shared].equals(path.get(shared))) {
			shared++;
		}
		return shared;
	}

	/** All keys and sections. */
	private static void collectNodes(KeyTree tree, String prefix, List<String> path, List<String> nodes) {
		String dot = prefix.isEmpty() ? "" : prefix + ".";
		if (!prefix.isEmpty()) {
			nodes.add(prefix);
		}
		if (tree instanceof Section section) {
			section.children().forEach((key, child) -> collectNodes(child, dot + key, path, nodes));
		}
		else if (tree instanceof Each each) {
			int depth = prefix.split("\\.").length;
			boolean through = depth < path.size() && prefix.equals(String.join(".", path.subList(0, depth)));
			collectNodes(each.value(), dot + (through ? path.get(depth) : "<name>"), path, nodes);
		}
	}

	/** All keys, with the application's own names taken from the path. */
	private static void collect(KeyTree tree, String prefix, List<String> path, List<String> keys) {
		String dot = prefix.isEmpty() ? "" : prefix + ".";
		if (tree instanceof Section section) {
			section.children().forEach((key, child) -> collect(child, dot + key, path, keys));
		}
		else if (tree instanceof Each each) {
			int depth = prefix.split("\\.").length;
			collect(each.value(), dot + ((depth < path.size()) ? path.get(depth) : "<name>"), path, keys);
		}
		else if (tree instanceof Items items) {
			collect(items.value(), dot + "0", path, keys);
		}
		else if (tree instanceof Entries entries) {
			keys.add(prefix);
			collect(entries.keys(), dot + "0", path, keys);
		}
		else {
			keys.add(prefix);
		}
	}

	/**
	 * Whether a variable of the environment is a spelling of a known key, in which dashes
	 * are left out or written as underscores.
	 */
	static boolean isKnownVariable(KeyTree tree, List<String> parts) {
		if (tree instanceof Open) {
			return true;
		}
		if ((tree instanceof Entries || tree instanceof Entry || tree instanceof Items) && parts.isEmpty()) {
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
			checkShape(name);
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

		/** Checks that a list has entries and a map has names. */
		private void checkShape(ConfigurationPropertyName name) {
			List<String> path = MeantSources.path(name);
			for (int i = 1; i < path.size(); i++) {
				KeyTree tree = UnknownKeys.node(this.known.root(), path.subList(0, i));
				String key = String.join(".", path.subList(0, i));
				boolean index = name.isNumericIndex(i) || isIndex(path.get(i));
				if ((tree instanceof Items || tree instanceof Entries) && !index) {
					throw new ConfigMistake(key, "'" + key + "' is a map, but must be a list.", entry(path, i));
				}
				if (name.isNumericIndex(i) && (tree instanceof Each || isModels(path, i))) {
					throw new ConfigMistake(key, "'" + key + "' is a list, but must be a map.",
							"Write a name, a colon and what belongs to it, without a dash before it.");
				}
			}
		}

		private static boolean isModels(List<String> path, int i) {
			return i == 2 && path.get(1).equals("models");
		}

		/** The name of a map's entry, from which Spring drops dots and slashes. */
		private static String entry(List<String> path, int i) {
			String last = path.get(i - 1);
			return last.equals("models") ? "Write each model as an entry of the list: '- name: " + path.get(i) + "'."
					: "Write each as an entry of the list, on a line that begins with a dash.";
		}

		private static void checkNoValue(ConfigurationPropertySource source, ConfigurationPropertyName name,
				Section section) {
			ConfigurationProperty property = source.getConfigurationProperty(name);
			if (property != null && isScalar(property.getValue())) {
				throw new ConfigMistake(name.toString(), "'" + name + "' is a section and cannot have a value itself.",
						"Write its keys beneath it, such as '" + name + "." + (section.children().containsKey("enabled")
								? "enabled" : section.children().keySet().iterator().next()) + "'.");
			}
		}

		private static boolean isScalar(@Nullable Object value) {
			return value instanceof Boolean || value instanceof Number
					|| (value instanceof CharSequence text && !text.toString().isBlank());
		}

		/**
		 * Whether other programs use the source, too, as with system properties and the
		 * environment; there, only a likely spelling mistake counts.
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
			Unknown unknown = UnknownKeys.variable(root, path);
			if (unknown.likely()) {
				throw mistake(variable, " (environment variable)", unknown);
			}
		}

		private static ConfigMistake mistake(String key, String origin, Unknown unknown) {
			return new ConfigMistake(key, "'" + key + "'" + origin + " is not known.", unknown.action());
		}

	}

}
