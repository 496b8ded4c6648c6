package io.arcllm.module;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Function;

import io.arcllm.CallOptions;
import io.arcllm.CallerContext;
import io.arcllm.Cost;
import io.arcllm.ErrorKind;
import io.arcllm.LlmEvent;
import io.arcllm.LlmException;
import io.arcllm.LlmProvider;
import io.arcllm.LlmRequest;
import io.arcllm.LlmResponse;
import io.arcllm.RequestMetadata;
import io.arcllm.RequestMetadataResolver;
import org.jspecify.annotations.Nullable;
import io.arcllm.Trail;
import reactor.core.CoreSubscriber;
import reactor.core.Exceptions;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;
import reactor.util.context.ContextView;

/**
 * The outermost module of every stack, where a call begins. It gives the call its
 * deadline, its attempts and its trail, and adds the trail to the answer or the error. A
 * call that is made inside another one is part of it.
 */
public final class CallModule extends BaseModule {

	private final Limits limits;

	private final @Nullable String asked;

	private final CallOptions options;

	private final Function<CallOptions, LlmProvider> stacks;

	private final ModuleClock.TimeOfDay timeOfDay = new ModuleClock.TimeOfDay();

	/**
	 * Is notified of calls that were refused before their stack was asked, such as those
	 * of an application that shuts down. The first module of a stack may implement it.
	 */
	public interface RejectionListener {

		/**
		 * A call was refused; nothing was sent.
		 * @param failure what the caller gets
		 * @param caller the context of the thread that makes the call
		 */
		void rejected(LlmRequest request, RuntimeException failure, CallerContext caller);

	}

	/**
	 * The limits of calls, their listener, and where their metadata and context come
	 * from.
	 *
	 * @param deadline for all attempts and waits
	 * @param maxAttempts over all modules
	 * @param listener is notified of all attempts
	 * @param metadata finds tenant, session and labels where the call does not set them
	 * @param shutdown whether calls may begin
	 * @param capture captures the context of the thread that makes a call
	 */
	public record Limits(Duration deadline, int maxAttempts, CallListener listener, RequestMetadataResolver metadata,
			Shutdown shutdown, CallerContext.Capture capture) {

		public Limits {
			listener = CallListener.all(List.of(listener));
		}

		/** Limits of calls whose context is not captured. */
		public Limits(Duration deadline, int maxAttempts, CallListener listener, RequestMetadataResolver metadata,
				Shutdown shutdown) {
			this(deadline, maxAttempts, listener, metadata, shutdown, CallerContext.Capture.NOTHING);
		}

		/** Limits of calls that never shut down. */
		public Limits(Duration deadline, int maxAttempts, CallListener listener, RequestMetadataResolver metadata) {
			this(deadline, maxAttempts, listener, metadata, new Shutdown());
		}

		/** Limits of calls without a resolver of metadata. */
		public Limits(Duration deadline, int maxAttempts, CallListener listener) {
			this(deadline, maxAttempts, listener, (context) -> RequestMetadata.EMPTY);
		}

		/** Limits of calls without a listener. */
		public Limits(Duration deadline, int maxAttempts) {
			this(deadline, maxAttempts, CallListener.NONE);
		}

		/** The same with another deadline and number of attempts. */
		public Limits bounded(Duration deadline, int maxAttempts) {
			return new Limits(deadline, maxAttempts, this.listener, this.metadata, this.shutdown, this.capture);
		}
	}

	/**
	 * @param limits what bounds each call
	 * @param options how every call is treated; a call's own options take precedence
	 * @param stacks the stack for options that change it
	 */
	public CallModule(Limits limits, CallOptions options, Function<CallOptions, LlmProvider> stacks) {
		this(limits, options, stacks, null);
	}

	/**
	 * @param limits what bounds each call
	 * @param options how every call is treated; a call's own options take precedence
	 * @param stacks the stack for options that change it
	 * @param asked the name of a model that the stack stands for
	 */
	public CallModule(Limits limits, CallOptions options, Function<CallOptions, LlmProvider> stacks,
			@Nullable String asked) {
		super(stacks.apply(options.ofStack()));
		this.asked = asked;
		this.limits = limits;
		this.options = options;
		this.stacks = stacks;
	}

	@Override
	public Flux<LlmEvent> exchange(LlmRequest request) {
		return each(request);
	}

	@Override
	protected void subscribe(LlmRequest request, CoreSubscriber<? super LlmEvent> actual) {
		CallOptions wanted = request.callOptions().over(this.options);
		Scope outer = Scope.in(actual.currentContext());
		if (outer != null) {
			inside(outer, request, wanted, actual);
		}
		else if (this.limits.shutdown().isClosed()) {
			reject(request, Shutdown.rejection()).subscribe(actual);
		}
		else {
			begin(request, wanted, actual);
		}
	}

	/** A call that is made inside another one. */
	private void inside(Scope outer, LlmRequest request, CallOptions wanted, CoreSubscriber<? super LlmEvent> actual) {
		LlmProvider stack;
		try {
			stack = stack(request, wanted);
		}
		catch (RuntimeException ex) {
			Operators.error(actual, ex);
			return;
		}
		ask(stack, told(request, wanted, outer.call().metadata()), actual);
	}

	private void begin(LlmRequest request, CallOptions wanted, CoreSubscriber<? super LlmEvent> actual) {
		CallerContext caller = this.limits.capture().capture(actual.currentContext());
		LlmRequest told = request;
		LlmProvider stack;
		try {
			told = told(request, wanted, resolve(actual.currentContext(), caller));
			stack = stack(request, wanted);
		}
		catch (RuntimeException ex) {
			reject(told(told, wanted, RequestMetadata.EMPTY), ex, caller).subscribe(actual);
			return;
		}
		Duration deadline = wanted.deadline();
		Call call = new Call((deadline == null || deadline.compareTo(this.limits.deadline()) > 0)
				? this.limits.deadline() : deadline, this.limits, told.metadata(), this.asked, caller, this.timeOfDay);
		ask(stack, told, new CallStep(actual, call, this.limits));
	}

	private LlmProvider stack(LlmRequest request, CallOptions wanted) {
		boolean asConfigured = wanted == this.options || request.callOptions().isStackAsConfigured();
		return asConfigured ? this.inner : this.stacks.apply(wanted.ofStack());
	}

	/**
	 * A call that cannot begin: the stack is not asked, but its first module is notified
	 * if it is a {@link RejectionListener}.
	 * @param failure what the caller gets
	 */
	public Flux<LlmEvent> reject(LlmRequest request, RuntimeException failure) {
		return EventStep.defer((context) -> {
			CallOptions wanted = request.callOptions().over(this.options);
			CallerContext caller = this.limits.capture().capture(context);
			LlmRequest told = told(request, wanted, RequestMetadata.EMPTY);
			try {
				told = told(request, wanted, resolve(context, caller));
			}
			catch (RuntimeException ex) {
				// the call has failed already
			}
			return reject(told, failure, caller);
		});
	}

	private Flux<LlmEvent> reject(LlmRequest told, RuntimeException failure, CallerContext caller) {
		if (listening(told.callOptions()) instanceof RejectionListener listener) {
			caller.run(() -> listener.rejected(told, failure, caller));
		}
		return Flux.error(failure);
	}

	/**
	 * The stack that the call's options ask for; if it cannot be made, the stack with
	 * only those modules switched on and off.
	 */
	private LlmProvider listening(CallOptions wanted) {
		Map<String, CallOptions.ModuleOverride> switches = new TreeMap<>();
		wanted.modules()
			.forEach((name, override) -> switches.put(name,
					new CallOptions.ModuleOverride(override.effectivelyEnabled(), Map.of())));
		for (CallOptions options : List.of(wanted.ofStack(), new CallOptions(null, null, switches))) {
			try {
				return this.stacks.apply(options);
			}
			catch (RuntimeException ex) {
				// the caller gets that failure
			}
		}
		return this.inner;
	}

	/**
	 * The request as modules see it: with the effective options and the complete
	 * metadata.
	 */
	private static LlmRequest told(LlmRequest request, CallOptions options, RequestMetadata otherwise) {
		RequestMetadata metadata = request.metadata().over(options.metadata()).over(otherwise);
		return (metadata.equals(request.metadata()) && options.equals(request.callOptions())) ? request
				: request.mutate().metadata(metadata).callOptions(options).build();
	}

	private RequestMetadata resolve(ContextView context, CallerContext caller) {
		CallerContext.Restored restored = caller.restore(context);
		try {
			return Objects.requireNonNullElse(this.limits.metadata().resolve(context), RequestMetadata.EMPTY);
		}
		catch (RuntimeException ex) {
			throw (ex instanceof LlmException known) ? known
					: LlmException
						.of(ErrorKind.INVALID_REQUEST,
								"The tenant of the call is not known: the RequestMetadataResolver failed")
						.cause(ex)
						.build();
		}
		finally {
			restored.close();
		}
	}

	/**
	 * The stack alone.
	 */
	@Override
	public String toString() {
		return this.inner.toString();
	}

	/**
	 * Passes a call to its stack, and adds the trail to the answer or the error.
	 */
	static final class CallStep extends EventStep implements Shutdown.Underway {

		private final Call call;

		private final CallListener listener;

		private final Shutdown shutdown;

		private final Context context;

		private final int slot;

		private boolean answered;

		private boolean ended;

		CallStep(CoreSubscriber<? super LlmEvent> actual, Call call, Limits limits) {
			super(actual);
			this.call = call;
			this.listener = limits.listener();
			this.shutdown = limits.shutdown();
			this.context = new Scope(call).into(actual.currentContext());
			this.slot = this.shutdown.begun(this);
		}

		@Override
		public Context currentContext() {
			return this.context;
		}

		@Override
		public void onNext(LlmEvent event) {
			LlmResponse answer = event.answer();
			if (answer == null) {
				this.actual.onNext(event);
				return;
			}
			this.answered = true;
			LlmResponse whole = whole(answer);
			if (this.listener != CallListener.NONE) {
				this.call.caller().run(() -> this.listener.answered(whole));
			}
			this.actual.onNext(new LlmEvent.Completed(whole));
		}

		@Override
		public void cancel() {
			this.shutdown.ended(this, this.slot);
			super.cancel();
		}

		/** Interrupts the attempts on the wire, which in most cases ends the call. */
		@Override
		public void interrupt() {
			this.call.interrupt();
			super.cancel();
			onError(Shutdown.rejection());
		}

		/** With all attempts, and with what they cost together. */
		private LlmResponse whole(LlmResponse answer) {
			Trail trail = this.call.trail();
			Cost cost = trail.cost();
			return ((cost == null) ? answer : answer.withCost(cost)).withTrail(trail);
		}

		@Override
		public void onError(Throwable failure) {
			if (!this.ended) {
				this.ended = true;
				this.shutdown.ended(this, this.slot);
				this.actual.onError(known(failure).withTrail(this.call.trail()));
			}
		}

		/**
		 * What a module of the application's own throws is a fault in the program. Its
		 * words may name what callers outside need not know: they stay in the cause.
		 */
		private static LlmException known(Throwable failure) {
			Throwable cause = Exceptions.unwrap(failure);
			return (cause instanceof LlmException known) ? known
					: LlmException
						.of(ErrorKind.INVALID_REQUEST, "A module of the stack threw " + cause.getClass().getName())
						.cause(cause)
						.build();
		}

		/** A module of the application's own may have kept the answer to itself. */
		@Override
		public void onComplete() {
			if (!this.answered) {
				onError(LlmException.of(ErrorKind.INTERRUPTED, "The call ended without a whole answer").build());
			}
			else if (!this.ended) {
				this.ended = true;
				this.shutdown.ended(this, this.slot);
				this.actual.onComplete();
			}
		}

	}

}
