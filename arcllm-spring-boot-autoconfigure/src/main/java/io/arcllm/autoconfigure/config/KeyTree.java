package io.arcllm.autoconfigure.config;

import java.lang.reflect.RecordComponent;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.core.ResolvableType;

/**
 * The tree of known keys, read from the records that they are bound to.
 */
sealed interface KeyTree {

	/** A value, or a list of values. */
	record Leaf(boolean list) implements KeyTree {
	}

	/** Any keys. */
	record Open() implements KeyTree {
	}

	/** A map with names of the application, all with the same keys. */
	record Each(KeyTree value) implements KeyTree {
	}

	/** A list of sections, all with the same keys. */
	record Items(KeyTree value) implements KeyTree {
	}

	/** A list whose elements are values, or sections with these keys. */
	record Entries(Section keys) implements KeyTree {
	}

	/** An element of such a list. */
	record Entry(Section keys) implements KeyTree {
	}

	/** A section with keys of its own, by their name in {@code application.yml}. */
	record Section(Map<String, KeyTree> children) implements KeyTree {

		/** The key in its uniform spelling. */
		@Nullable String spelling(String written) {
			String uniform = uniform(written);
			return this.children.keySet()
				.stream()
				.filter((key) -> uniform(key).equals(uniform))
				.findFirst()
				.orElse(null);
		}

		@Nullable KeyTree child(String written) {
			String spelling = spelling(written);
			return (spelling == null) ? null : this.children.get(spelling);
		}

		Section with(String key, KeyTree tree) {
			Map<String, KeyTree> extended = new LinkedHashMap<>(this.children);
			extended.put(key, tree);
			return new Section(extended);
		}

	}

	/** The keys of a record. */
	static Section of(Class<?> record) {
		Map<String, KeyTree> children = new LinkedHashMap<>();
		for (RecordComponent component : record.getRecordComponents()) {
			ResolvableType type = ResolvableType.forMethodReturnType(component.getAccessor());
			children.put(DataObjectPropertyName.toDashedForm(component.getName()), of(type));
		}
		return new Section(children);
	}

	private static KeyTree of(ResolvableType type) {
		Class<?> raw = type.toClass();
		if (Map.class.isAssignableFrom(raw)) {
			Class<?> element = type.asMap().getGeneric(1).toClass();
			return isSection(element) ? new Each(of(element)) : new Open();
		}
		if (Collection.class.isAssignableFrom(raw)) {
			Class<?> element = type.asCollection().getGeneric().toClass();
			return isSection(element) ? new Items(of(element))
					: element.isRecord() ? new Entries(of(element)) : new Leaf(true);
		}
		return isSection(raw) ? of(raw) : new Leaf(false);
	}

	/** Whether the record is a section; one that can be made from a text is a value. */
	private static boolean isSection(Class<?> type) {
		return type.isRecord() && List.of(type.getDeclaredMethods())
			.stream()
			.noneMatch((method) -> List.of("valueOf", "of", "from").contains(method.getName())
					&& List.of(method.getParameterTypes()).equals(List.of(String.class)));
	}

	static String uniform(String key) {
		return key.replace("-", "").replace("_", "").toLowerCase(Locale.ROOT);
	}

	/**
	 * Every key under {@code arcllm}, from the property records. A module has a switch
	 * where the defaults have one.
	 */
	static final class KnownKeys {

		private final Section modules;

		private final Section root;

		/**
		 * @param defaults the keys that have a default
		 * @param own names of modules of the application, whose keys are not checked
		 * @param planned names of modules that do not exist yet, and can only be off
		 */
		KnownKeys(Set<String> defaults, Collection<String> own, Collection<String> planned) {
			Map<String, KeyTree> sections = new LinkedHashMap<>();
			planned.forEach((module) -> sections.put(module, new Open()));
			own.forEach((module) -> sections.put(module, new Open()));
			KeyTree.of(ArcllmProperties.Modules.class).children().forEach((module, tree) -> {
				if (tree instanceof Section section) {
					boolean switched = defaults.contains("arcllm.modules." + module + ".enabled");
					sections.put(module, switched ? section.with("enabled", new Leaf(false)) : section);
				}
			});
			this.modules = new Section(sections);
			this.root = new Section(Map.of("arcllm", KeyTree.of(ArcllmProperties.class)
				.with("modules", this.modules.with("order", new Leaf(true)))
				.with("providers", new Each(KeyTree.of(ProviderProperties.class).with("modules", this.modules)))));
		}

		/** The keys under {@code arcllm.modules}, except the order. */
		Section modules() {
			return this.modules;
		}

		/** The root, {@code arcllm}. */
		Section root() {
			return this.root;
		}

	}

}
