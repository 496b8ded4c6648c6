package io.arcllm.autoconfigure;

import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

import io.arcllm.LlmProvider;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;

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

	/**
	 * Their names before ours are registered.
	 * @param configured the names of the configured providers
	 */
	static List<String> names(BeanDefinitionRegistry registry, List<String> configured) {
		if (!(registry instanceof ListableBeanFactory beans)) {
			return List.of();
		}
		List<String> all = List.of(beans.getBeanNamesForType(LlmProvider.class, true, false));
		return all.stream()
			.filter(registry::containsBeanDefinition)
			.filter((name) -> Stream.concat(configured.stream(), all.stream())
				.map(OwnProviders::bean)
				.noneMatch(name::equals))
			.toList();
	}

	/**
	 * The one that the application has marked as primary, and that is injected as it is.
	 */
	static @Nullable String primary(ListableBeanFactory beans, Collection<String> own) {
		return !(beans instanceof BeanDefinitionRegistry registry) ? null
				: own.stream()
					.filter(registry::containsBeanDefinition)
					.filter((name) -> registry.getBeanDefinition(name).isPrimary())
					.findFirst()
					.orElse(null);
	}

	private static String bean(String name) {
		return name + ProviderBeansRegistrar.SUFFIX;
	}

}
