package io.arcllm.autoconfigure.config;

import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import io.arcllm.module.attempt.TimeoutSettings;
import io.arcllm.module.budget.BudgetSettings;
import io.arcllm.module.audit.AuditSettings;
import io.arcllm.module.bulkhead.BulkheadSettings;
import io.arcllm.module.cache.CacheSettings;
import io.arcllm.module.circuitbreaker.CircuitBreakerSettings;
import io.arcllm.module.fallback.FallbackSettings;
import io.arcllm.module.hedge.HedgeSettings;
import io.arcllm.module.ratelimit.RateLimitSettings;
import io.arcllm.module.redaction.RedactionSettings;
import io.arcllm.module.retry.RetrySettings;
import io.arcllm.module.telemetry.TelemetrySettings;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.NestedConfigurationProperty;
import org.springframework.util.ReflectionUtils;

/**
 * The configuration under {@code arcllm}. The defaults are in {@code
 * META-INF/arcllm/defaults.properties}.
 *
 * @param profile which defaults apply: 'resilient' makes calls survive failures of
 * vendors; written settings take precedence
 * @param provider the provider that is injected as LlmProvider; optional when there is
 * only one
 * @param maxAttempts the largest number of attempts of one call, over all modules
 * @param deadline the longest time of a whole call, with all attempts and waits
 * @param lint what happens when settings contradict each other or have no effect: warn,
 * fail or off
 * @param warmUp what is prepared at start-up for the primary target and its chain; never
 * a paid call
 * @param providers the providers by name, such as 'anthropic'; the name is the bean
 * qualifier, the chain entry and the metric tag
 * @param models names for targets and chains: a target such as openai/gpt-5-mini, or a
 * list of targets
 * @param modules what stands around a provider
 * @param springAi how the stack stands beside models of Spring AI
 * @param langchain4j how the stack stands beside models of LangChain4j
 */
@ConfigurationProperties("arcllm")
public record ArcllmProperties(Profile profile, @Nullable String provider, int maxAttempts, Duration deadline,
		Lint lint, WarmUp warmUp, Map<String, ProviderProperties> providers, Map<String, Object> models,
		Modules modules, @NestedConfigurationProperty SpringAiSettings springAi,
		@NestedConfigurationProperty LangChain4jSettings langchain4j) {

	/**
	 * What happens with warnings.
	 */
	public enum Lint {

		/** They are logged. */
		WARN,

		/** They stop the start. */
		FAIL,

		/** Nothing is checked and nothing logged. */
		OFF

	}

	/**
	 * What is prepared at start-up.
	 */
	public enum WarmUp {

		/** Nothing. */
		NONE,

		/** The stack of the primary target. */
		STACKS,

		/** The stack, and a connection to each target of the chain. */
		CONNECTIONS

	}

	public ArcllmProperties

	{
		provider = Text.orNull(provider);
		providers = (providers == null) ? Map.of() : providers;
		models = (models == null) ? Map.of() : models;
		if (maxAttempts < 1) {
			throw new IllegalArgumentException("max-attempts must be 1 or more, was " + maxAttempts);
		}
		if (deadline.isZero() || deadline.isNegative()) {
			throw new IllegalArgumentException("deadline must be longer than zero, was " + deadline);
		}
	}

	/**
	 * The modules with settings, one component each.
	 *
	 * @param order the modules from the outside in; those before 'fallback' wrap the
	 * whole chain, those after it wrap each target
	 * @param retry when and how often the same is asked again
	 * @param fallback which targets are asked when the primary one fails
	 * @param circuitBreaker when a target counts as down, and when it is tried again
	 * @param rateLimit how much a target is asked for in a minute
	 * @param bulkhead how many calls a target gets at once
	 * @param timeout how long an attempt may be silent
	 * @param telemetry whether calls are observed and counted
	 * @param hedge when a second target is asked too
	 * @param cache which answers are kept, and for how long
	 * @param budget how much money calls may cost
	 * @param streams what happens to streams that break off
	 * @param redaction what is taken out of requests and answers
	 * @param audit what is recorded of calls, and where
	 */
	public record Modules(List<String> order, @NestedConfigurationProperty RetrySettings retry,
			@NestedConfigurationProperty FallbackSettings fallback,
			@NestedConfigurationProperty CircuitBreakerSettings circuitBreaker,
			@NestedConfigurationProperty RateLimitSettings rateLimit,
			@NestedConfigurationProperty BulkheadSettings bulkhead,
			@NestedConfigurationProperty TimeoutSettings timeout, @NestedConfigurationProperty HedgeSettings hedge,
			@NestedConfigurationProperty CacheSettings cache, @NestedConfigurationProperty BudgetSettings budget,
			@NestedConfigurationProperty StreamSettings streams,
			@NestedConfigurationProperty TelemetrySettings telemetry,
			@NestedConfigurationProperty RedactionSettings redaction,
			@NestedConfigurationProperty AuditSettings audit) {

		/**
		 * The settings of that type, for all providers without settings of their own.
		 * @return {@code null} if the module has no key
		 */
		<S> @Nullable S settings(Class<S> type) {
			for (RecordComponent component : Modules.class.getRecordComponents()) {
				if (component.getType() == type) {
					return type.cast(ReflectionUtils.invokeMethod(component.getAccessor(), this));
				}
			}
			throw new IllegalArgumentException(type.getName() + " are no settings of a module");
		}

	}

	/**
	 * How the stack stands beside models of Spring AI.
	 *
	 * @param primary whether ArcLLM's model is injected where the application has other
	 * models, too
	 * @param wrap whether the stack is put around the application's only ChatModel bean:
	 * it becomes the provider 'spring-ai', the primary one unless arcllm.provider names
	 * another, and the other providers are its chain
	 */
	public record SpringAiSettings(boolean primary, boolean wrap) {

		/** The provider that asks the wrapped model. */
		public static final String WRAPPED = "spring-ai";

	}

	/**
	 * How the stack stands beside models of LangChain4j.
	 *
	 * @param primary whether ArcLLM's models are injected where the application has other
	 * models, too
	 */
	public record LangChain4jSettings(boolean primary) {
	}

	/**
	 * Which defaults apply.
	 */
	public enum Profile {

		/** Modules are off until they are switched on. */
		NONE,

		/** Calls survive failures of vendors. */
		RESILIENT

	}

}
