package io.arcllm.autoconfigure;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

import io.arcllm.LlmProvider;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ListableBeanFactory;

/**
 * Finds the application's own provider beans, without making any.
 */
final class OwnProviders {

	private OwnProviders() {
	}

	/**
	 * Their names.
	 * @param configured the configured providers, whose beans are ours
	 * @param primary {@code arcllm.provider}, whose bean is ours whoever that is
	 */
	static Set<String> names(ListableBeanFactory beans, ProviderDefinitions configured, @Nullable String primary) {
		Set<String> names = new LinkedHashSet<>(List.of(beans.getBeanNamesForType(LlmProvider.class, true, false)));
		configured.all().forEach((provider) -> names.removeAll(Set.of(provider.name(), bean(provider.name()))));
		names.remove(bean(String.valueOf(primary)));
		Set.copyOf(names).forEach((name) -> names.remove(bean(name)));
		return names;
	}

	private static String bean(String name) {
		return name + ProviderBeansRegistrar.SUFFIX;
	}

}
