package io.arcllm.module.telemetry;

import java.util.concurrent.atomic.AtomicBoolean;

import io.arcllm.LlmEvent;
import io.arcllm.LlmRequest;
import io.arcllm.LlmResponse;
import io.arcllm.Target;
import io.arcllm.module.Call;
import io.arcllm.module.EventStep;
import io.arcllm.module.Hook;
import io.arcllm.module.telemetry.LlmObservationContext.Level;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.contextpropagation.ObservationThreadLocalAccessor;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.util.context.Context;
import reactor.util.context.ContextView;

/**
 * Observes calls and attempts. Safe for use by many threads.
 */
public final class Observations {

	private final ObservationRegistry registry;

	private final LlmObservationConvention calls;

	private final LlmObservationConvention attempts;

	private final Hook hook = new Hook("A handler, filter or convention of observations");

	/**
	 * @param registry has the handlers
	 * @param models gives the tags of models
	 */
	public Observations(ObservationRegistry registry, ModelTags models) {
		this(registry, models, VendorNames.NONE);
	}

	/**
	 * @param registry has the handlers
	 * @param models gives the tags of models
	 * @param vendors gives the names of vendors
	 */
	public Observations(ObservationRegistry registry, ModelTags models, VendorNames vendors) {
		this.registry = registry;
		this.calls = new LlmObservationConvention(Level.CALL, models, vendors);
		this.attempts = new LlmObservationConvention(Level.ATTEMPT, models, vendors);
	}

	/**
	 * The same answer, observed from each subscription to its end. The inner provider
	 * finds the observation in its context.
	 */
	Flux<LlmEvent> observe(Level level, Target target, LlmRequest request, Flux<LlmEvent> answer) {
		return EventStep.defer((outer) -> {
			Target asked = (request.model() == null) ? target : new Target(target.provider(), request.model());
			LlmObservationContext context = new LlmObservationContext(level, asked, request, Call.of(outer).asked());
			Observation observation = start(context, outer);
			// nothing to observe, and no scope that an accessor could close again
			return (observation == Observation.NOOP) ? answer
					: EventStep.around(answer, (actual) -> new Observed(actual, observation, context, this.hook));
		});
	}

	/**
	 * Starts a child of the subscriber's observation, else of that of the subscribing
	 * thread.
	 */
	private Observation start(LlmObservationContext context, ContextView outer) {
		LlmObservationConvention convention = (context.level() == Level.CALL) ? this.calls : this.attempts;
		Observation observation = this.hook.get(
				() -> Observation.createNotStarted(null, convention, () -> context, this.registry),
				() -> Observation.NOOP);
		Observation parent = outer.getOrDefault(ObservationThreadLocalAccessor.KEY, null);
		this.hook.run((parent == null) ? observation::start : observation.parentObservation(parent)::start);
		return observation;
	}

	/**
	 * Ends an observation once, before the caller is notified of the end. The answer
	 * counts as the end, because a subscriber may cancel after it.
	 */
	static final class Observed extends EventStep {

		private final Observation observation;

		private final LlmObservationContext observed;

		private final Context context;

		private final Hook hook;

		private final AtomicBoolean over = new AtomicBoolean();

		Observed(CoreSubscriber<? super LlmEvent> actual, Observation observation, LlmObservationContext observed,
				Hook hook) {
			super(actual);
			this.observation = observation;
			this.observed = observed;
			this.hook = hook;
			this.context = actual.currentContext().put(ObservationThreadLocalAccessor.KEY, observation);
		}

		@Override
		public Context currentContext() {
			return this.context;
		}

		@Override
		public void onNext(LlmEvent event) {
			LlmResponse response = event.answer();
			if (response != null && this.over.compareAndSet(false, true)) {
				this.observed.answered(response);
				stop();
			}
			this.actual.onNext(event);
		}

		@Override
		public void onError(Throwable failure) {
			if (this.over.compareAndSet(false, true)) {
				this.hook.run(() -> this.observation.error(failure));
				stop();
			}
			this.actual.onError(failure);
		}

		@Override
		public void onComplete() {
			cancelled();
			this.actual.onComplete();
		}

		@Override
		public void cancel() {
			cancelled();
			super.cancel();
		}

		private void stop() {
			this.hook.run(this.observation::stop);
		}

		private void cancelled() {
			if (this.over.compareAndSet(false, true)) {
				this.observed.cancelled();
				stop();
			}
		}

	}

}
