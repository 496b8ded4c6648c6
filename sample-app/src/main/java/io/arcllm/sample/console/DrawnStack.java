package io.arcllm.sample.console;

import java.util.List;

import io.arcllm.LlmProvider;
import io.arcllm.LlmProviders;
import io.arcllm.Target;
import io.arcllm.autoconfigure.actuator.ArcllmEndpoint;

/**
 * The stack as the page draws it.
 *
 * @param stack the primary's, such as {@code Retry(Fallback(Timeout(anthropic)))}
 * @param chain the targets of its chain, each with its own stack
 * @param targets all that can be asked, each with its model
 */
record DrawnStack(String stack, List<Link> chain, List<String> targets) {

	/**
	 * One target of the chain.
	 */
	record Link(String target, String stack) {
	}

	static DrawnStack of(LlmProviders providers, ArcllmEndpoint actuator) {
		LlmProvider primary = providers.primary();
		return new DrawnStack(primary.toString(),
				actuator.overview()
					.chain()
					.stream()
					.map((target) -> new Link(target, providers.load(target).toString()))
					.toList(),
				providers.targets().stream().map(Target::toString).toList());
	}

}
