package io.arcllm.sample;

import java.util.concurrent.atomic.AtomicBoolean;

import io.arcllm.Attempt;
import io.arcllm.LlmEvent;
import io.arcllm.LlmException;
import io.arcllm.LlmModule;
import io.arcllm.LlmProvider;
import io.arcllm.LlmRequest;
import io.arcllm.Target;
import io.arcllm.Trail;
import io.arcllm.module.BaseModule;
import io.arcllm.module.Call;
import reactor.core.publisher.Flux;

import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;

/**
 * An observer around each target: reports every request while the call is under way, for
 * the headers of a stream and for the console.
 */
@Component("attempt-watch")
@Order(Ordered.LOWEST_PRECEDENCE)
public final class AttemptWatchModule implements LlmModule {

	@Override
	public LlmProvider around(LlmProvider inner) {
		return new Watched(inner);
	}

	private static final class Watched extends BaseModule {

		Watched(LlmProvider inner) {
			super(inner);
		}

		@Override
		public Flux<LlmEvent> exchange(LlmRequest request) {
			return Flux.deferContextual((context) -> {
				AttemptWatch watch = context.getOrDefault(AttemptWatch.class, null);
				if (watch == null) {
					return this.inner.exchange(request);
				}
				Target target = new Target(name(), request.model());
				watch.started(target);
				AtomicBoolean spoke = new AtomicBoolean();
				return this.inner.exchange(request).doOnNext((event) -> {
					if (spoke.compareAndSet(false, true)) {
						watch.speaks(target);
					}
				}).doOnError(LlmException.class, (failure) -> {
					if (!wasSent(target, Call.of(context).trail())) {
						watch.notSent(target);
					}
					watch.failed(target, failure);
				});
			});
		}

		/** Whether the last request to the target went out. */
		private static boolean wasSent(Target target, Trail trail) {
			boolean sent = true;
			for (Attempt attempt : trail.attempts()) {
				boolean meant = attempt.target().provider().equals(target.provider())
						&& (target.model() == null || target.equals(attempt.target()));
				sent = meant ? attempt.wasSent() : sent;
			}
			return sent;
		}

		/** Changes nothing, so not part of what is written. */
		@Override
		public String toString() {
			return this.inner.toString();
		}

	}

}
