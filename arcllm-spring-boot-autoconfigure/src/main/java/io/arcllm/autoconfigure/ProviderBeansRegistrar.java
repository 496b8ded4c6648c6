package io.arcllm.autoconfigure;

import java.util.List;

import io.arcllm.LlmProvider;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.AutowireCandidateQualifier;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.BeanDefinitionRegistryPostProcessor;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;

/**
 * Registers a lazy bean for each configured provider, with its name as the qualifier, and
 * marks the primary one. Backs off for beans of the application's own with the same name.
 */
final class ProviderBeansRegistrar implements BeanDefinitionRegistryPostProcessor {

	/** What follows a provider's name in its bean's name. */
	static final String SUFFIX = "LlmProvider";

	private final Environment environment;

	ProviderBeansRegistrar(Environment environment) {
		this.environment = environment;
	}

	@Override
	public void postProcessBeanDefinitionRegistry(BeanDefinitionRegistry registry) {
		Binder binder = Binder.get(this.environment);
		List<String> names = PropertiesBinding.names(new LayeredBinder(this.environment));
		String primary = binder.bind("arcllm.provider", String.class).orElse((names.size() == 1) ? names.get(0) : null);
		for (String name : names) {
			register(registry, name, name, name.equals(primary));
		}
		if (primary != null && !primary.isBlank() && !names.contains(primary)) {
			register(registry, primary, null, true);
		}
	}

	private static void register(BeanDefinitionRegistry registry, String name, @Nullable String qualifier,
			boolean primary) {
		if (registry.containsBeanDefinition(name + SUFFIX)) {
			return;
		}
		RootBeanDefinition definition = new RootBeanDefinition();
		definition.setTargetType(LlmProvider.class);
		definition.setFactoryBeanName(ArcllmAutoConfiguration.PROVIDERS);
		definition.setFactoryMethodName("load");
		definition.getConstructorArgumentValues().addIndexedArgumentValue(0, name);
		definition.setLazyInit(true);
		definition.setPrimary(primary);
		definition.setRole(BeanDefinition.ROLE_APPLICATION);
		if (qualifier != null) {
			definition.addQualifier(new AutowireCandidateQualifier(Qualifier.class, qualifier));
		}
		registry.registerBeanDefinition(name + SUFFIX, definition);
	}

	@Override
	public void postProcessBeanFactory(ConfigurableListableBeanFactory beanFactory) {
	}

}
