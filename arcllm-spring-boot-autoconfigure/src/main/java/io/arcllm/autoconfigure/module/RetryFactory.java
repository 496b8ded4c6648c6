package io.arcllm.autoconfigure.module;

import java.util.function.Function;

import io.arcllm.LlmProvider;
import io.arcllm.autoconfigure.config.ModuleSettings;
import io.arcllm.autoconfigure.config.StackPosition;
import io.arcllm.autoconfigure.stack.ModuleFactory;
import io.arcllm.module.retry.RetryBudget;
import io.arcllm.module.retry.RetryEngine;
import io.arcllm.module.retry.RetryModule;
import io.arcllm.module.retry.RetrySettings;

import org.springframework.retry.RetryPolicy;
import org.springframework.retry.backoff.BackOffPolicy;

/**
 * Puts retries into stacks; all of them share the retry budget of the process.
 *
 * @param settings the settings at each position
 * @param policy decides whether to retry: the application's own policy, or ours
 * @param backOff decides how long to wait: the application's own policy, or ours
 * @param budget how many retries the process may make
 */
public record RetryFactory(ModuleSettings settings, Function<RetrySettings, RetryPolicy> policy,
		Function<RetrySettings, BackOffPolicy> backOff, RetryBudget budget) implements ModuleFactory {

	@Override
	public String name() {
		return "retry";
	}

	@Override
	public LlmProvider around(LlmProvider inner, StackPosition position) {
		RetrySettings own = this.settings.bind(name(), RetrySettings.class, position);
		return new RetryModule(inner,
				new RetryEngine(this.policy.apply(own), this.backOff.apply(own), this.budget, own.maxWaitWithOthers()));
	}

}
