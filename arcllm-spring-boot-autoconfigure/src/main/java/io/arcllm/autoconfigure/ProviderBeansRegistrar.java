package io.arcllm.autoconfigure;

import java.util.Arrays;
import java.util.List;

import io.arcllm.LlmProvider;
import io.arcllm.LlmProviders;
import io.arcllm.autoconfigure.config.LayeredBinder;
import io.arcllm.autoconfigure.config.PropertiesBinding;
import io.arcllm.autoconfigure.config.Text;
import io.arcllm.autoconfigure.stack.ChainCheck;
import org.jspecify.annotations.Nullable;

import org.springframework.aot.AotDetector;
import org.springframework.beans.factory.ListableBeanFactory;
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
 * marks the primary one. Backs off for beans of the application with the same name.
 */
final class ProviderBeansRegistrar implements BeanDefinitionRegistryPostProcessor {

	/** The suffix of the name of a provider's bean. */
	static final String SUFFIX = "LlmProvider";

	private final Environment environment;

	ProviderBeansRegistrar(Environment environment) {
		this.environment = environment;
	}

	@Override
	public void postProcessBeanDefinitionRegistry(BeanDefinitionRegistry registry) {
		List<String> names = PropertiesBinding.names(new LayeredBinder(this.environment));
		List<String> own = OwnProviders.names(registry, names);
		String configured = Text
			.orNull(Binder.get(this.environment).bind("arcllm.provider", String.class).orElse(null));
		String primary = (configured != null) ? configured : primary(names, own);
		boolean theirs = isPrimaryTaken(registry, own, configured);
		if (AotDetector.useGeneratedArtifacts()) {
			// the primary provider may have changed since the application was prepared
			OwnProviders.ours(registry, names).forEach((name) -> registry.getBeanDefinition(name).setPrimary(false));
		}
		for (String name : names) {
			register(registry, name, name, name.equals(primary) && !theirs);
		}
		if (primary != null && !names.contains(primary)) {
			register(registry, primary, null, !theirs);
		}
	}

	/**
	 * Of several providers without a primary one, the first: injecting it fails with the
	 * message of {@link ChainCheck}, and not with Spring's. A bean of the application is
	 * the primary one if there is no other.
	 */
	private static @Nullable String primary(List<String> names, List<String> own) {
		return (names.isEmpty() && own.size() == 1) ? own.get(0) : names.stream().findFirst().orElse(null);
	}

	/**
	 * Whether the application has marked a bean of its own, which is then injected as it
	 * is. The one that {@code arcllm.provider} names gets its stack instead.
	 */
	private static boolean isPrimaryTaken(BeanDefinitionRegistry registry, List<String> own,
			@Nullable String configured) {
		if (configured != null && own.contains(configured)) {
			registry.getBeanDefinition(configured).setPrimary(false);
		}
		return own.stream().anyMatch((name) -> registry.getBeanDefinition(name).isPrimary());
	}

	/** The bean of {@code LlmProviders}, which may be the application's own. */
	private static String providers(BeanDefinitionRegistry registry) {
		return (registry.containsBeanDefinition(ArcllmAutoConfiguration.PROVIDERS)
				|| !(registry instanceof ListableBeanFactory beans))
						? ArcllmAutoConfiguration.PROVIDERS
						: Arrays.stream(beans.getBeanNamesForType(LlmProviders.class, true, false))
							.findFirst()
							.orElse(ArcllmAutoConfiguration.PROVIDERS);
	}

	private static void register(BeanDefinitionRegistry registry, String name, @Nullable String qualifier,
			boolean primary) {
		if (registry.containsBeanDefinition(name + SUFFIX)) {
			if (AotDetector.useGeneratedArtifacts()) {
				registry.getBeanDefinition(name + SUFFIX).setPrimary(primary);
			}
			return;
		}
		RootBeanDefinition definition = new RootBeanDefinition();
		definition.setTargetType(LlmProvider.class);
		definition.setFactoryBeanName(providers(registry));
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
