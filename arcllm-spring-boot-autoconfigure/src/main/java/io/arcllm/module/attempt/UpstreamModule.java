package io.arcllm.module.attempt;

import java.util.Locale;
import java.util.function.Predicate;

import io.arcllm.ErrorKind;
import io.arcllm.LlmEvent;
import io.arcllm.LlmException;
import io.arcllm.LlmProvider;
import io.arcllm.LlmRequest;
import io.arcllm.Parameter;
import io.arcllm.Target;
import io.arcllm.WireListener;
import io.arcllm.module.BaseModule;
import io.arcllm.module.Call;
import io.arcllm.module.EventStep;
import io.arcllm.module.ForwardingListener;
import org.jspecify.annotations.Nullable;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.util.context.Context;

/**
 * A guard around the contract: asks for whole answers as streams, so that the limits of
 * streams bound them, hedges see a first word, and an answer that breaks off leaves what
 * there was of it. Nothing is passed on before the end, so all of it may be tried again.
 * Stands outside {@link ContractModule}, which so sees every token when it comes.
 */
public final class UpstreamModule extends BaseModule {

	private final Target target;

	private final LearntRefusals refusals;

	private final Predicate<Target> unstreamed;

	/**
	 * @param inner a provider that keeps the contract
	 * @param target its name, and the model where the request names none
	 * @param refusals what targets refused lately
	 * @param unstreamed whether a target does not stream by configuration
	 */
	public UpstreamModule(LlmProvider inner, Target target, LearntRefusals refusals, Predicate<Target> unstreamed) {
		super(inner);
		this.target = target;
		this.refusals = refusals;
		this.unstreamed = unstreamed;
	}

	@Override
	public Flux<LlmEvent> exchange(LlmRequest request) {
		if (request.streaming()) {
			return this.inner.exchange(request);
		}
		Target asked = (request.model() == null) ? this.target : new Target(this.target.provider(), request.model());
		return EventStep.defer((context) -> {
			if (this.unstreamed.test(asked) || this.refusals.of(asked).contains(Parameter.STREAMING)) {
				return this.inner.exchange(request);
			}
			return EventStep.around(this.inner.exchange(request.withStreaming(true)), WholeAnswer::new)
				.onErrorResume(LlmException.class, (failure) -> otherwise(failure, request, asked, Call.of(context)));
		});
	}

	private Flux<LlmEvent> otherwise(LlmException failure, LlmRequest request, Target asked, Call call) {
		if (!refusesStreams(failure)) {
			return Flux.error(failure);
		}
		this.refusals.learn(asked, Parameter.STREAMING);
		return call.hasAttemptsLeft() ? this.inner.exchange(request) : Flux.error(failure);
	}

	/** Whether a failure says that the model or the account may not stream. */
	private static boolean refusesStreams(LlmException failure) {
		if (failure.status() == null || !(failure.kind() == ErrorKind.PERMISSION
				|| failure.kind() == ErrorKind.UNSUPPORTED || failure.kind() == ErrorKind.INVALID_REQUEST)) {
			return false;
		}
		return String.valueOf(failure.getMessage()).toLowerCase(Locale.ROOT).contains("stream");
	}

	/**
	 * The stack inside alone: a part of the contract.
	 */
	@Override
	public String toString() {
		return this.inner.toString();
	}

	/**
	 * Keeps the deltas of one answer to itself.
	 */
	static final class WholeAnswer extends EventStep implements ForwardingListener {

		private final @Nullable WireListener outer;

		private final Context context;

		private boolean spoken;

		WholeAnswer(CoreSubscriber<? super LlmEvent> actual) {
			super(actual);
			this.outer = WireListener.of(actual.currentContext());
			this.context = actual.currentContext().put(WireListener.class, this);
		}

		@Override
		public Context currentContext() {
			return this.context;
		}

		@Override
		public @Nullable WireListener outer() {
			return this.outer;
		}

		/** Deltas are not passed on, so what is asked for is the one answer. */
		@Override
		public void request(long n) {
			super.request(Long.MAX_VALUE);
		}

		@Override
		public void onNext(LlmEvent event) {
			if (event.answer() != null) {
				this.actual.onNext(event);
			}
			else if (!this.spoken && event.isContent()) {
				this.spoken = true;
				if (this.outer != null) {
					this.outer.speaking();
				}
			}
		}

		@Override
		public void onError(Throwable failure) {
			this.actual.onError((failure instanceof LlmException known && known.kind() == ErrorKind.INTERRUPTED)
					? retryable(known) : failure);
		}

		private static LlmException retryable(LlmException failure) {
			return LlmException.of(failure.kind(), String.valueOf(failure.getMessage()))
				.like(failure)
				.retryable(true)
				.partial(failure.partial())
				.cause(failure.getCause())
				.build();
		}

		/** The raw body of a whole answer is its frames. */
		@Override
		public boolean wantsFrames() {
			return true;
		}

	}

}
