package io.arcllm.autoconfigure.bridge;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

import io.arcllm.autoconfigure.config.ConfigMistake;
import io.arcllm.autoconfigure.config.Nearest;
import io.arcllm.autoconfigure.config.ProviderDefinition;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.scope.ScopedProxyUtils;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.config.SingletonBeanRegistry;

/**
 * Finds the beans that providers of another library's type name.
 *
 * @param beans has the models
 */
record ModelBeans(ListableBeanFactory beans) {

	/**
	 * Checks a name without creating its bean.
	 * @param setting the setting with the name
	 * @param types what the bean may be
	 */
	void check(ProviderDefinition definition, String setting, String name, Class<?>... types) {
		String key = "arcllm.providers." + definition.name() + "." + setting;
		List<String> there = there(types);
		String mend = "Name a bean of type " + String.join(" or ", Stream.of(types).map(Class::getName).toList())
				+ (there.isEmpty() ? "." : ": " + String.join(", ", there) + ".");
		if (!this.beans.containsBean(name)) {
			String near = Nearest.closeTo(name, there).map((one) -> "Did you mean '" + one + "'? ").orElse("");
			throw new ConfigMistake(key, "'" + key + "' names the bean '" + name + "', but there is no such bean.",
					near + mend);
		}
		if (isOurs(name)) {
			throw new ConfigMistake(key, "'" + key + "' names the bean '" + name + "', which asks this stack itself.",
					mend);
		}
		if (Stream.of(types).noneMatch((type) -> this.beans.isTypeMatch(name, type))) {
			Class<?> actual = this.beans.getType(name);
			throw new ConfigMistake(key, "'" + key + "' names the bean '" + name + "', which is a "
					+ ((actual == null) ? "bean of another type" : actual.getName()) + ".", mend);
		}
	}

	/**
	 * The name of the only bean that is not one of ours.
	 * @param key the setting that asks for it
	 */
	String only(String key, ProviderDefinition definition, Class<?> type) {
		List<String> there = there(type);
		if (there.size() == 1) {
			return there.get(0);
		}
		String what = type.getSimpleName();
		if (there.isEmpty()) {
			throw new ConfigMistake(key, "'" + key + "' is true, but the application has no " + what + " bean.",
					"Add a starter that makes one, or remove " + key + ".");
		}
		throw new ConfigMistake(key,
				"'" + key + "' is true, but the application has several " + what + " beans: " + String.join(", ", there)
						+ ".",
				"Set arcllm.providers." + definition.name()
						+ ".bean to the one that is to be wrapped, or leave only one.");
	}

	/** The bean if it exists already; it is not created. */
	@Nullable Object made(String name) {
		return (this.beans instanceof SingletonBeanRegistry singletons && this.beans.isSingleton(name))
				? singletons.getSingleton(name) : null;
	}

	private List<String> there(Class<?>... types) {
		return Stream.of(types)
			.flatMap((type) -> Arrays.stream(this.beans.getBeanNamesForType(type, true, false)))
			.filter((name) -> !isOurs(name) && !ScopedProxyUtils.isScopedTarget(name))
			.distinct()
			.toList();
	}

	private boolean isOurs(String name) {
		Class<?> type = this.beans.getType(name);
		return type != null && type.getName().startsWith("io.arcllm.bridge.");
	}

}
