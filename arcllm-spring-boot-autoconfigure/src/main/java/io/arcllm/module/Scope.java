package io.arcllm.module;

import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;

import io.arcllm.Attempt;
import io.arcllm.ErrorKind;
import io.arcllm.Parameter;
import io.arcllm.Target;
import io.arcllm.WireListener;
import org.jspecify.annotations.Nullable;
import reactor.util.context.Context;
import reactor.util.context.ContextView;

/**
 * The one entry that modules keep in the Reactor context; inside an attempt its listener
 * holds it.
 *
 * @param call the call that the subscription is part of
 * @param pass the call's pass down a chain, if it is on one
 * @param limits how long the attempt may be silent, if that is bounded; absent inside the
 * attempt
 * @param another asked whether another target of the chain is ready to be asked; absent
 * where there is none, and inside the attempt
 * @param cause why the next attempt is made
 * @param abandonment says why the attempt is cancelled, where a redirector may do so
 * @param without the parameters that the next attempt leaves out
 * @param dropped what the request of the next attempt was made without: words of
 * parameters, and names of options that are the primary target's alone
 */
public record Scope(Call call, @Nullable ChainPass pass, @Nullable AttemptLimits limits,
		@Nullable BooleanSupplier another, Attempt.Cause cause, @Nullable Abandonment abandonment,
		Set<Parameter> without, List<String> dropped) {

	/**
	 * The scope of a call that has just begun.
	 */
	public Scope(Call call) {
		this(call, null, null, null, Attempt.Cause.FIRST, null, Set.of(), List.of());
	}

	/**
	 * The scope of this subscription; that of a new call without limits where there is
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
	 * The listener of an attempt, inside of which it is the only entry: each one is
	 * copied many times on the way to the wire.
	 */
	public interface Holder extends WireListener {

		/** The scope of the attempt. */
		Scope scope();

		/** The context inside the attempt. */
		default Context inside(Context outer) {
			return outer.delete(Scope.class).put(WireListener.class, this);
		}

	}

	/** The same call on this pass down a chain. */
	public Scope on(ChainPass pass, @Nullable BooleanSupplier another) {
		return new Scope(this.call, pass, this.limits, another, this.cause, this.abandonment, this.without,
				this.dropped);
	}

	/** Whether the chain has another target that could be asked now. */
	public boolean isAnotherReady() {
		return this.another != null && this.another.getAsBoolean();
	}

	/** The same call with these limits for each attempt. */
	public Scope within(AttemptLimits limits) {
		return new Scope(this.call, this.pass, limits, this.another, this.cause, this.abandonment, this.without,
				this.dropped);
	}

	/** The same call where it asks for this reason. */
	public Scope because(Attempt.Cause cause) {
		return (cause == this.cause) ? this : new Scope(this.call, this.pass, this.limits, this.another, cause,
				this.abandonment, this.without, this.dropped);
	}

	/** The same call, where an attempt may be cancelled. */
	public Scope abandonable(Abandonment abandonment) {
		return new Scope(this.call, this.pass, this.limits, this.another, this.cause, abandonment, this.without,
				this.dropped);
	}

	/** The same call where it leaves these parameters out. */
	public Scope without(Set<Parameter> without) {
		return new Scope(this.call, this.pass, this.limits, this.another, this.cause, this.abandonment, without,
				this.dropped);
	}

	/** The same call where it asks without these parameters and options. */
	public Scope dropping(List<String> dropped) {
		return dropped.equals(this.dropped) ? this : new Scope(this.call, this.pass, this.limits, this.another,
				this.cause, this.abandonment, this.without, dropped);
	}

	/**
	 * What a call that is made inside an attempt, by a provider of the application's own,
	 * is part of: neither limits nor what is left of the chain reach through an attempt.
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

	/** This context with this scope in it. */
	public Context into(Context context) {
		return context.put(Scope.class, this);
	}

	/**
	 * Why an attempt was cancelled, for the gates around it: set before it is cancelled.
	 * Safe for use by many threads.
	 */
	public static final class Abandonment {

		private volatile boolean silent;

		/** The target was silent for far too long: that is a failure of the target. */
		public void silent() {
			this.silent = true;
		}

		/**
		 * Whether the target was silent for far too long.
		 */
		public boolean isSilent() {
			return this.silent;
		}

	}

}
