package io.arcllm.sample.console;

import java.util.ArrayList;
import java.util.List;

import io.arcllm.LlmProvider;
import io.arcllm.LlmProviders;
import io.arcllm.Target;

import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;

/**
 * What calls go through, to be drawn.
 *
 * @param stack the primary's, such as {@code Retry(Fallback(Timeout(anthropic)))}
 * @param chain the targets of its chain, each with what is around it alone
 * @param targets all that can be asked, each with its model
 */
record DrawnStack(String stack, List<Link> chain, List<String> targets) {

	/**
	 * One target of the chain.
	 */
	record Link(String target, String stack) {
	}

	static DrawnStack of(LlmProviders providers, Environment environment) {
		LlmProvider primary = providers.primary();
		List<String> chain = new ArrayList<>(List.of(primary.name()));
		if (primary.toString().contains("Fallback(")) {
			chain.addAll(Binder.get(environment)
				.bind("arcllm.modules.fallback.chain", Bindable.listOf(String.class))
				.orElse(List.of()));
		}
		return new DrawnStack(primary.toString(),
				chain.stream().map((target) -> new Link(target, alone(providers, target))).toList(),
				providers.targets().stream().map(Target::toString).toList());
	}

	private static String alone(LlmProviders providers, String target) {
		return providers.load(target, (options) -> options.retry(false).fallback(false)).toString();
	}

}
