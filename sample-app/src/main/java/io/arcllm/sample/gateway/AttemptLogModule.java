package io.arcllm.sample.gateway;

import io.arcllm.LlmEvent;
import io.arcllm.LlmModule;
import io.arcllm.LlmProvider;
import io.arcllm.LlmRequest;
import io.arcllm.Target;
import io.arcllm.module.BaseModule;
import reactor.core.publisher.Flux;

import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;

/**
 * An observer around each target: tells the gateway of every request while the call goes
 * on, so that a stream's headers can say it.
 */
@Component("gateway-log")
@Order(Ordered.LOWEST_PRECEDENCE)
class AttemptLogModule implements LlmModule {

	@Override
	public LlmProvider around(LlmProvider inner) {
		return new GatewayLogModule(inner);
	}

	private static final class GatewayLogModule extends BaseModule {

		GatewayLogModule(LlmProvider inner) {
			super(inner);
		}

		@Override
		public Flux<LlmEvent> exchange(LlmRequest request) {
			return Flux.deferContextual((context) -> {
				AttemptLog log = AttemptLog.of(context);
				if (log != null) {
					log.started(new Target(name(), request.model()));
				}
				return this.inner.exchange(request);
			});
		}

	}

}
