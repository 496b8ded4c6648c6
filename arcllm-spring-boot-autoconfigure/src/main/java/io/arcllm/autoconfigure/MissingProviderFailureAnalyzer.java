package io.arcllm.autoconfigure;

import java.util.List;

import io.arcllm.LlmProvider;
import io.arcllm.autoconfigure.config.LayeredBinder;
import io.arcllm.autoconfigure.config.Nearest;
import io.arcllm.autoconfigure.config.PropertiesBinding;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.InjectionPoint;
import org.springframework.beans.factory.NoSuchBeanDefinitionException;
import org.springframework.beans.factory.NoUniqueBeanDefinitionException;
import org.springframework.beans.factory.UnsatisfiedDependencyException;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.analyzer.AbstractInjectionFailureAnalyzer;
import org.springframework.core.Ordered;
import org.springframework.core.ResolvableType;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;

/**
 * Names the key to set if a provider is injected that is not configured, instead of
 * asking for a bean.
 */
@Order(Ordered.HIGHEST_PRECEDENCE)
class MissingProviderFailureAnalyzer extends AbstractInjectionFailureAnalyzer<NoSuchBeanDefinitionException> {

	private final Environment environment;

	MissingProviderFailureAnalyzer(Environment environment) {
		this.environment = environment;
	}

	@Override
	protected @Nullable FailureAnalysis analyze(Throwable rootFailure, NoSuchBeanDefinitionException cause,
			@Nullable String description) {
		ResolvableType type = cause.getResolvableType();
		if (cause instanceof NoUniqueBeanDefinitionException || type == null || type.resolve() != LlmProvider.class) {
			return null;
		}
		String consumer = (description == null) ? "The application" : description;
		List<String> names = PropertiesBinding.names(new LayeredBinder(this.environment));
		if (names.isEmpty()) {
			return new FailureAnalysis(consumer + " required an LlmProvider. No provider is configured.",
					"Set arcllm.providers.<name>, such as arcllm.providers.anthropic.model.", cause);
		}
		String wanted = qualifier(rootFailure);
		return (wanted == null) ? null
				: new FailureAnalysis(
						consumer + " required the LlmProvider '" + wanted + "', but there is no such provider.",
						"Did you mean '" + Nearest.to(wanted, names).orElse("") + "'? Configured: "
								+ String.join(", ", names) + ". Or configure it under arcllm.providers." + wanted + ".",
						cause);
	}

	private @Nullable String qualifier(Throwable rootFailure) {
		UnsatisfiedDependencyException unsatisfied = findCause(rootFailure, UnsatisfiedDependencyException.class);
		InjectionPoint point = (unsatisfied == null) ? null : unsatisfied.getInjectionPoint();
		Qualifier qualifier = (point == null) ? null : point.getAnnotation(Qualifier.class);
		return (qualifier == null) ? null : qualifier.value();
	}

}
