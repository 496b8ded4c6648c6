package io.arcllm.module;

import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

import io.arcllm.Attempt;
import io.arcllm.ErrorKind;
import io.arcllm.LlmException;
import io.arcllm.Parameter;
import io.arcllm.Target;
import io.arcllm.WireListener;
import org.jspecify.annotations.Nullable;
import reactor.util.context.Context;
import reactor.util.context.ContextView;

/**
 * What modules keep in the Reactor context, as a single entry; inside an attempt, the
 * attempt's listener holds it.
 *
 * @param call the call that the subscription is part of
 * @param pass the call's pass through a chain, if there is one
 * @param limits how long the attempt may be silent, if that is bounded; absent inside the
 * attempt
 * @param another tells whether the chain would ask another target now, after a failure;
 * absent if there is none, and inside the attempt
 * @param cause why the next attempt is made
 * @param abandonment tells why the attempt was cancelled, where a redirector may cancel
 * it
 * @param without the parameters that the next attempt leaves out
 * @param dropped what was left out of the request of the next attempt: words of
 * parameters, and names of options that belong to the primary target only
 */
public record Scope(Call call, @Nullable ChainPass pass, @Nullable AttemptLimits limits,
		@Nullable Predicate<LlmException> another, Attempt.Cause cause, @Nullable Abandonment abandonment,
		Set<Parameter> without, List<String> dropped) {

	/**
	 * The scope of a call that has just begun.
	 */
	public Scope(Call call) {
		this(call, null, null, null, Attempt.Cause.FIRST, null, Set.of(), List.of());
	}

	/**
	 * The scope of this subscription; the scope of a new call without limits if there is
	 * none.
	 */
	public static Scope of(ContextView context) {
		Scope scope = in(context);
		return (scope == null) ? new Scope(new Call(Call.FOREVER, Integer.MAX_VALUE)) : scope;
	}

	/**
	 * The scope of this subscription, if it is part of a call.
	 */
	public static @Nullable Scope in(ContextView context) {
		Scope scope = context.getOrDefault(Scope.class, null);
		if (scope != null) {
			return scope;
		}
		WireListener listener = WireListener.of(context);
		while (listener instanceof ForwardingListener middle) {
			listener = middle.outer();
		}
		return (listener instanceof Holder attempt) ? attempt.scope().inAttempt() : null;
	}

	/**
	 * The listener of an attempt. Inside the attempt it is the only entry of the context,
	 * because each entry is copied many times on the way to the wire.
	 */
	public interface Holder extends WireListener {

		/** The scope of the attempt. */
		Scope scope();

		/** The context inside the attempt. */
		default Context inside(Context outer) {
			return outer.delete(Scope.class).put(WireListener.class, this);
		}

	}

	/** The same call in this pass through a chain. */
	public Scope on(ChainPass pass, @Nullable Predicate<LlmException> another) {
		return new Scope(this.call, pass, this.limits, another, this.cause, this.abandonment, this.without,
				this.dropped);
	}

	/** Whether the chain would ask another target now, after this failure. */
	public boolean isAnotherReady(LlmException failure) {
		return this.another != null && this.another.test(failure);
	}

	/** The same call with these limits for each attempt. */
	public Scope within(AttemptLimits limits) {
		return new Scope(this.call, this.pass, limits, this.another, this.cause, this.abandonment, this.without,
				this.dropped);
	}

	/** The same call, with the cause of its next attempt. */
	public Scope because(Attempt.Cause cause) {
		return (cause == this.cause) ? this : new Scope(this.call, this.pass, this.limits, this.another, cause,
				this.abandonment, this.without, this.dropped);
	}

	/** The same call, where an attempt may be cancelled. */
	public Scope abandonable(Abandonment abandonment) {
		return new Scope(this.call, this.pass, this.limits, this.another, this.cause, abandonment, this.without,
				this.dropped);
	}

	/** The same call, with the parameters that the next attempt leaves out. */
	public Scope without(Set<Parameter> without) {
		return new Scope(this.call, this.pass, this.limits, this.another, this.cause, this.abandonment, without,
				this.dropped);
	}

	/** The same call, with what was left out of the request of the next attempt. */
	public Scope dropping(List<String> dropped) {
		return dropped.equals(this.dropped) ? this : new Scope(this.call, this.pass, this.limits, this.another,
				this.cause, this.abandonment, this.without, dropped);
	}

	/**
	 * The scope of a call that a provider of the application makes inside an attempt:
	 * neither the limits nor the rest of the chain apply inside an attempt.
	 */
	public Scope inAttempt() {
		return (this.limits == null && this.another == null && this.cause == Attempt.Cause.FIRST
				&& this.abandonment == null && this.without.isEmpty() && this.dropped.isEmpty()) ? this
						: new Scope(this.call, this.pass, null, null, Attempt.Cause.FIRST, null, Set.of(), List.of());
	}

	/** Notes that the target that would be asked next was passed over. */
	public void skipped(Target target, @Nullable ErrorKind error, String reason) {
		this.call.skipped(target, error, reason, this.cause);
	}

	/** The context with this scope in it. */
	public Context into(Context context) {
		return context.put(Scope.class, this);
	}

	/**
	 * Why an attempt was cancelled, for the gates around it. It is set before the attempt
	 * is cancelled. Safe for use by many threads.
	 */
	public static final class Abandonment {

		private volatile boolean silent;

		/** The target was silent for so long that this is a failure of the target. */
		public void silent() {
			this.silent = true;
		}

		/**
		 * Whether the target was silent for so long that this is a failure of the target.
		 */
		public boolean isSilent() {
			return this.silent;
		}

	}

}
