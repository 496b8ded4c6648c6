package io.arcllm.autoconfigure.stack;

import java.util.Comparator;
import java.util.List;
import java.util.Objects;

import io.arcllm.Target;
import io.arcllm.autoconfigure.config.ProviderDefinition;

/**
 * Counts the requests that other libraries' models make by themselves, inside the
 * attempts of a stack.
 *
 * @param targets all targets
 * @param adapters know the libraries
 */
public record ModelRetries(Targets targets, AdapterFactory adapters) {

	/** How often the library itself repeats a request to that target. */
	int of(Target target) {
		ProviderDefinition definition = this.targets.definition(target.provider());
		return (definition == null || definition.beans() == null) ? 0
				: this.adapters.bridge(definition).ownRetries(definition);
	}

	/**
	 * The most requests of one call.
	 * @param each the most attempts at one target
	 * @param attempts the most attempts of a call
	 */
	int requests(List<Target> chain, int each, int attempts) {
		int left = attempts;
		int requests = 0;
		for (int own : chain.stream().map(this::of).sorted(Comparator.reverseOrder()).toList()) {
			int here = Math.min(each, left);
			requests += here * (1 + own);
			left -= here;
		}
		return requests + left;
	}

	/** Warns of a model that repeats requests by itself in addition to its stack. */
	List<String> warnings(Target target, int attempts) {
		int own = of(target);
		if (own == 0) {
			return List.of();
		}
		ProviderDefinition.Beans beans = Objects
			.requireNonNull(Objects.requireNonNull(this.targets.definition(target.provider())).beans());
		String key = beans.isOnly() ? "arcllm.spring-ai.wrap" : "arcllm.providers." + target.provider() + ".bean";
		return List.of(key + " has a model asked that repeats a failed request up to " + own
				+ " times itself, underneath the attempts of its stack: " + attempts + " x " + (own + 1) + " = "
				+ attempts * (own + 1) + " requests; set the model's own retries to 0");
	}

}
