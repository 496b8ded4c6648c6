package io.arcllm.autoconfigure.bridge;

import java.util.Map;

import io.arcllm.CallOptions;
import io.arcllm.LlmEvent;
import io.arcllm.LlmProvider;
import io.arcllm.LlmRequest;
import io.arcllm.Target;
import io.arcllm.autoconfigure.config.ModuleSettings;
import io.arcllm.autoconfigure.config.StreamSettings;
import io.arcllm.autoconfigure.stack.StackLlmProviders;
import io.arcllm.module.fallback.recovery.Recovery;
import reactor.core.publisher.Flux;

import org.springframework.beans.factory.ObjectProvider;

/**
 * The primary stack for other libraries. They join all words of a stream, so nothing can
 * be taken back: with recovery RESTART, a stream that breaks off is an interruption, and
 * no other target is asked.
 *
 * @param inner the stack
 */
public record BridgedProvider(LlmProvider inner) implements LlmProvider {

	private static final CallOptions NO_RESTART = CallOptions.builder()
		.module("streams", Map.of("recovery", "fail"))
		.build();

	public static LlmProvider of(ObjectProvider<LlmProvider> primary, ObjectProvider<StackLlmProviders> providers,
			ModuleSettings settings) {
		LlmProvider llm = primary.getObject();
		StackLlmProviders stacks = providers.getIfAvailable();
		Target target = (stacks == null) ? null : stacks.primaryTarget();
		boolean restarts = target != null
				&& settings.bind("streams", StreamSettings.class, target.provider(), CallOptions.NONE)
					.recovery() == Recovery.RESTART;
		return restarts ? new BridgedProvider(llm) : llm;
	}

	@Override
	public Flux<LlmEvent> exchange(LlmRequest request) {
		return this.inner.exchange(request.mutate().callOptions(request.callOptions().over(NO_RESTART)).build());
	}

	@Override
	public String name() {
		return this.inner.name();
	}

	@Override
	public boolean validateConfig() {
		return this.inner.validateConfig();
	}

}
