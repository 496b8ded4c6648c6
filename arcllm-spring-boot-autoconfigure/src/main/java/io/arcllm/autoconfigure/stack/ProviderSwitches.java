package io.arcllm.autoconfigure.stack;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import io.arcllm.ErrorKind;
import io.arcllm.LlmEvent;
import io.arcllm.LlmException;
import io.arcllm.LlmProvider;
import io.arcllm.LlmRequest;
import io.arcllm.Target;
import io.arcllm.module.BaseModule;
import io.arcllm.module.Scope;
import io.arcllm.module.Readiness;
import io.arcllm.module.Rejection;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Operators;

/**
 * The providers that were disabled by hand: chains pass over them, and calls to them are
 * refused. Applies until the process ends.
 */
public final class ProviderSwitches {

	private static final Rejection DISABLED = new Rejection(ErrorKind.CIRCUIT_OPEN, "it is disabled by hand", null);

	private final Set<String> disabled = ConcurrentHashMap.newKeySet();

	/** Disables a provider; no breaker changes. */
	public int disable(String provider) {
		this.disabled.add(provider);
		return 0;
	}

	/** Enables a provider; no breaker changes. */
	public int enable(String provider) {
		this.disabled.remove(provider);
		return 0;
	}

	public boolean isEnabled(String provider) {
		return !this.disabled.contains(provider);
	}

	Readiness readiness(String provider) {
		return () -> isEnabled(provider) ? null : DISABLED;
	}

	/** The provider, which is asked only while it is enabled. */
	LlmProvider around(LlmProvider inner, Target target) {
		return new Switched(inner, target);
	}

	/**
	 * A gate: refuses calls while the provider is disabled.
	 */
	private final class Switched extends BaseModule {

		private final Target target;

		Switched(LlmProvider inner, Target target) {
			super(inner);
			this.target = target;
		}

		@Override
		public Flux<LlmEvent> exchange(LlmRequest request) {
			return each(request);
		}

		@Override
		protected void subscribe(LlmRequest request, CoreSubscriber<? super LlmEvent> actual) {
			if (isEnabled(this.target.provider())) {
				ask(this.inner, request, actual);
				return;
			}
			Scope.of(actual.currentContext()).skipped(this.target, DISABLED.kind(), DISABLED.reason());
			Operators.error(actual,
					LlmException.of(DISABLED.kind(), this.target + " was not asked: " + DISABLED.reason())
						.target(this.target)
						.build());
		}

		/** Always present, so it is not shown. */
		@Override
		public String toString() {
			return this.inner.toString();
		}

	}

}
