package io.arcllm.autoconfigure.stack;

import io.arcllm.CallOptions;
import io.arcllm.LlmProvider;
import io.arcllm.autoconfigure.config.ModuleSettings;
import io.arcllm.autoconfigure.config.StackPosition;
import io.arcllm.module.retry.LlmBackOffPolicy;
import io.arcllm.module.retry.LlmRetryPolicy;
import io.arcllm.module.retry.RetryBudget;
import io.arcllm.module.retry.RetryEngine;
import io.arcllm.module.retry.RetryModule;
import io.arcllm.module.retry.RetrySettings;
import org.jspecify.annotations.Nullable;

import org.springframework.retry.RetryPolicy;
import org.springframework.retry.backoff.BackOffPolicy;

/**
 * Puts retry into stacks, with the application's own policies where it has some.
 */
public final class RetryFactory implements ModuleFactory {

	private final ModuleSettings settings;

	private final @Nullable RetryPolicy policy;

	private final @Nullable BackOffPolicy backOff;

	private final RetryBudget budget;

	public RetryFactory(ModuleSettings settings, @Nullable RetryPolicy policy, @Nullable BackOffPolicy backOff) {
		this.settings = settings;
		this.policy = policy;
		this.backOff = backOff;
		RetrySettings shared = settings.bind(name(), RetrySettings.class, null, CallOptions.NONE);
		this.budget = new RetryBudget(shared.budget(), System::nanoTime);
	}

	/**
	 * What the retries of the whole process are taken from.
	 */
	public RetryBudget budget() {
		return this.budget;
	}

	@Override
	public String name() {
		return "retry";
	}

	@Override
	public LlmProvider around(LlmProvider inner, StackPosition place) {
		RetrySettings settings = this.settings.bind(name(), RetrySettings.class, place);
		RetryPolicy policy = (this.policy != null) ? this.policy : new LlmRetryPolicy(settings);
		BackOffPolicy backOff = (this.backOff != null) ? this.backOff : new LlmBackOffPolicy(settings);
		return new RetryModule(inner, new RetryEngine(policy, backOff, this.budget));
	}

}
