package io.arcllm.autoconfigure;

import io.arcllm.ErrorKind;
import io.arcllm.LlmEvent;
import io.arcllm.LlmException;
import io.arcllm.LlmModule;
import io.arcllm.LlmProvider;
import io.arcllm.LlmRequest;
import io.arcllm.module.BaseModule;
import reactor.core.publisher.Flux;

import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;

/**
 * A gate: refuses calls that do not say for which tenant they are.
 */
@Component
@Order(50)
class TenantModule implements LlmModule {

	@Override
	public LlmProvider around(LlmProvider inner) {
		return new Tenant(inner);
	}

	static final class Tenant extends BaseModule {

		Tenant(LlmProvider inner) {
			super(inner);
		}

		@Override
		public Flux<LlmEvent> exchange(LlmRequest request) {
			if (request.metadata().tenant() != null) {
				return this.inner.exchange(request);
			}
			return Flux.error(() -> LlmException.of(ErrorKind.INVALID_REQUEST, "The call has no tenant").build());
		}

	}

}
