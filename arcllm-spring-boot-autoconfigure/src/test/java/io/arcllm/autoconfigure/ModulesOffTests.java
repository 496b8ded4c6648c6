package io.arcllm.autoconfigure;

import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

import io.arcllm.LlmProvider;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A module that is off is no part of a stack: the stack is made of the same objects as
 * where the library has no such module.
 */
class ModulesOffTests {

	@AutoClose
	private final Vendors vendors = new Vendors();

	private static List<String> parts(ApplicationContextRunner runner) {
		List<String> parts = new ArrayList<>();
		runner.run((context) -> collect(context.getBean(LlmProvider.class), parts,
				Collections.newSetFromMap(new IdentityHashMap<>())));
		return parts;
	}

	private static void collect(LlmProvider provider, List<String> parts, Set<Object> seen)
			throws IllegalAccessException {
		if (!seen.add(provider)) {
			return;
		}
		parts.add(provider.getClass().getName());
		for (Class<?> type = provider.getClass(); type != null; type = type.getSuperclass()) {
			if (!type.getName().startsWith("io.arcllm")) {
				return;
			}
			for (Field field : type.getDeclaredFields()) {
				field.setAccessible(true);
				if (field.get(provider) instanceof LlmProvider inner) {
					collect(inner, parts, seen);
				}
				else if (field.get(provider) instanceof Record made) {
					for (Field part : made.getClass().getDeclaredFields()) {
						part.setAccessible(true);
						if (part.get(made) instanceof LlmProvider inner) {
							collect(inner, parts, seen);
						}
					}
				}
			}
		}
	}

	@Test
	void stackIsTheSameAsWithoutTheModules() {
		ApplicationContextRunner without = this.vendors.runner().withPropertyValues("arcllm.lint=off");
		ApplicationContextRunner with = without.withConfiguration(
				AutoConfigurations.of(ArcllmCacheAutoConfiguration.class, ArcllmBudgetAutoConfiguration.class,
						ArcllmAuditAutoConfiguration.class, ArcllmRedactionAutoConfiguration.class));
		List<String> parts = parts(without);
		assertThat(parts).hasSizeGreaterThan(3).anyMatch((name) -> name.endsWith("ContractModule"));
		assertThat(parts(with)).isEqualTo(parts);
		assertThat(parts(with.withPropertyValues("arcllm.modules.cache.enabled=true",
				"arcllm.modules.budget.enabled=true", "arcllm.modules.budget.unknown-price=allow",
				"arcllm.modules.audit.enabled=true", "arcllm.modules.redaction.enabled=true")))
			.anyMatch((name) -> name.endsWith("CacheModule"))
			.anyMatch((name) -> name.endsWith("BudgetModule"))
			.anyMatch((name) -> name.endsWith("AuditModule"))
			.anyMatch((name) -> name.endsWith("RedactionModule"));
	}

}
