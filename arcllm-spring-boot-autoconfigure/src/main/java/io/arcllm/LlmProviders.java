package io.arcllm;

import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Loads providers by name, each with its whole stack. Safe for use by many threads.
 */
public interface LlmProviders {

	/**
	 * The provider, with its stack as configured.
	 * @param target a provider's name such as {@code anthropic}, or a provider and a
	 * model such as {@code openai/gpt-5-mini}
	 * @throws LlmConfigException if there is no such provider
	 */
	LlmProvider load(String target);

	/**
	 * The provider, with a stack that differs from the configuration, such as
	 * {@code load("anthropic", o -> o.retry(r -> r.maxRetries(5)))}. State such as a
	 * breaker's is shared with the stack as configured.
	 * @throws LlmConfigException if there is no such provider, module or setting
	 */
	LlmProvider load(String target, Consumer<CallOptions.Builder> options);

	/**
	 * The provider that is injected without a qualifier.
	 * @throws LlmConfigException if none is configured
	 */
	LlmProvider primary();

	/**
	 * The names of all providers: the configured ones in their order, then the
	 * application's own beans.
	 */
	List<String> names();

	/**
	 * The names of {@code arcllm.models}, each with the targets that it stands for.
	 */
	default Map<String, List<Target>> models() {
		return Map.of();
	}

	/**
	 * All that can be asked by name: each provider with each of its configured models,
	 * then what else the configuration names, such as targets of chains.
	 */
	List<Target> targets();

}
