package io.arcllm.autoconfigure;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

import io.arcllm.LlmProvider;
import io.arcllm.autoconfigure.config.ProviderDefinition;
import io.arcllm.autoconfigure.config.ProviderDefinitions;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;

/**
 * Finds the application's own provider beans without creating any.
 */
final class OwnProviders {

	private OwnProviders() {
	}

	/**
	 * Their names.
	 * @param configured the configured providers, whose beans are ours
	 * @param primary {@code arcllm.provider}, whose bean is always ours
	 */
	static Set<String> names(ListableBeanFactory beans, ProviderDefinitions configured, @Nullable String primary) {
		Set<String> names = new LinkedHashSet<>(List.of(beans.getBeanNamesForType(LlmProvider.class, true, false)));
		List<String> providers = configured.all().stream().map(ProviderDefinition::name).toList();
		names.removeAll(ours(names, providers));
		names.removeAll(providers);
		names.remove(String.valueOf(primary) + ProviderBeansRegistrar.SUFFIX);
		return names;
	}

	/**
	 * Their names before ours are registered.
	 * @param configured the names of the configured providers
	 */
	static List<String> names(BeanDefinitionRegistry registry, List<String> configured) {
		List<String> names = new ArrayList<>(defined(registry));
		names.removeAll(ours(registry, configured));
		return names;
	}

	/**
	 * The names of our beans, before or after they are registered. An application that
	 * was prepared at build time (AOT) has the bean of the primary target of that time,
	 * possibly with a model.
	 * @param configured the names of the configured providers
	 */
	static List<String> ours(BeanDefinitionRegistry registry, List<String> configured) {
		return ours(defined(registry), configured);
	}

	private static List<String> ours(Collection<String> beans, List<String> configured) {
		return beans.stream().filter((name) -> name.endsWith(ProviderBeansRegistrar.SUFFIX)).filter((name) -> {
			String target = name.substring(0, name.length() - ProviderBeansRegistrar.SUFFIX.length());
			String provider = target.split("/", 2)[0];
			return configured.contains(provider) || beans.contains(provider);
		}).toList();
	}

	private static List<String> defined(BeanDefinitionRegistry registry) {
		return !(registry instanceof ListableBeanFactory beans) ? List.of()
				: Stream.of(beans.getBeanNamesForType(LlmProvider.class, true, false))
					.filter(registry::containsBeanDefinition)
					.toList();
	}

	/**
	 * The bean that the application has marked as primary, and that is injected without a
	 * stack.
	 */
	static @Nullable String primary(ListableBeanFactory beans, Collection<String> own) {
		return !(beans instanceof BeanDefinitionRegistry registry) ? null
				: own.stream()
					.filter(registry::containsBeanDefinition)
					.filter((name) -> registry.getBeanDefinition(name).isPrimary())
					.findFirst()
					.orElse(null);
	}

}
