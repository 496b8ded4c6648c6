package io.arcllm.autoconfigure.bridge;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import io.arcllm.LlmProvider;
import io.arcllm.autoconfigure.config.ConfigMistake;
import io.arcllm.autoconfigure.config.LayeredBinder;

import org.springframework.aop.scope.ScopedProxyUtils;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.AbstractBeanDefinition;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.core.Ordered;
import org.springframework.core.env.Environment;

/**
 * Decides how one of our models is injected, after all bean definitions are registered:
 * not at all without a provider; as the default if the application has no other model or
 * configures it so; otherwise by name only.
 *
 * @param environment has {@code primary}
 * @param ours the name of our bean
 * @param type the other library's type of models
 * @param section where the bridge is configured, such as {@code arcllm.spring-ai}
 */
public record BridgeBeans(Environment environment, String ours, Class<?> type,
		String section) implements BeanFactoryPostProcessor, Ordered {

	@Override
	public void postProcessBeanFactory(ConfigurableListableBeanFactory beans) {
		if (!(beans instanceof BeanDefinitionRegistry registry) || !registry.containsBeanDefinition(this.ours)
				|| !(registry.getBeanDefinition(this.ours) instanceof AbstractBeanDefinition definition)) {
			return;
		}
		if (beans.getBeanNamesForType(LlmProvider.class, true, false).length == 0) {
			registry.removeBeanDefinition(this.ours);
			return;
		}
		List<String> others = others(beans);
		boolean wraps = isOn("wrap");
		boolean primary = wraps || isOn("primary");
		if (wraps) {
			// a wrapped bean is injected only by its own type, even if it was primary
			// before
			others.stream()
				.filter(registry::containsBeanDefinition)
				.forEach((name) -> registry.getBeanDefinition(name).setPrimary(false));
		}
		else if (primary) {
			requireNoOther(registry, others);
		}
		definition.setDefaultCandidate(primary || others.isEmpty());
		definition.setPrimary(primary);
	}

	private boolean isOn(String setting) {
		return new LayeredBinder(this.environment).isOn(this.section + "." + setting);
	}

	private List<String> others(ConfigurableListableBeanFactory beans) {
		List<String> names = new ArrayList<>(Arrays.asList(beans.getBeanNamesForType(this.type, true, false)));
		names.removeIf((name) -> name.equals(this.ours) || ScopedProxyUtils.isScopedTarget(name));
		return names;
	}

	private void requireNoOther(BeanDefinitionRegistry registry, List<String> others) {
		others.stream()
			.filter(registry::containsBeanDefinition)
			.filter((name) -> isPrimary(registry.getBeanDefinition(name)))
			.findFirst()
			.ifPresent((name) -> {
				throw new ConfigMistake(this.section + ".primary",
						"'" + this.section + ".primary' is true, and so the bean '" + this.ours
								+ "' is the primary one; but the bean '" + name
								+ "' of the application is @Primary, too.",
						"Take @Primary from '" + name + "', or set " + this.section + ".primary to false.");
			});
	}

	private static boolean isPrimary(BeanDefinition definition) {
		return definition.isPrimary();
	}

	/** Runs after everything that may add definitions. */
	@Override
	public int getOrder() {
		return LOWEST_PRECEDENCE;
	}

}
