package io.arcllm.autoconfigure;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

import io.arcllm.autoconfigure.KeyTree.Each;
import io.arcllm.autoconfigure.KeyTree.Leaf;
import io.arcllm.autoconfigure.KeyTree.Open;
import io.arcllm.autoconfigure.KeyTree.Section;

/**
 * Every key under {@code arcllm}, from the property records. A module has a switch where
 * the defaults have one.
 */
final class KnownKeys {

	private final Section modules;

	private final Section root;

	/**
	 * @param defaults the keys that have a default
	 * @param own names of modules that are the user's own; their keys are theirs to check
	 * @param planned names of modules that are not there yet, and so can only be off
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
		this.root = new Section(Map.of("arcllm",
				KeyTree.of(ArcllmProperties.class)
					.with("modules", this.modules.with("order", new Leaf(true)))
					.with("providers", new Each(KeyTree.of(ProviderProperties.class).with("modules", this.modules)))));
	}

	/** What stands under {@code arcllm.modules}, but for the order. */
	Section modules() {
		return this.modules;
	}

	/** What stands at the root: {@code arcllm}. */
	Section root() {
		return this.root;
	}

}
