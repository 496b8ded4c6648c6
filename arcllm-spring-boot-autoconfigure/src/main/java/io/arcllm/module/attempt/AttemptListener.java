package io.arcllm.module.attempt;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

import io.arcllm.Attempt;
import io.arcllm.CallerContext;
import io.arcllm.Parameter;
import io.arcllm.Target;
import io.arcllm.VendorLimits;
import io.arcllm.WireListener;
import io.arcllm.module.Call;
import io.arcllm.module.Scope;
import org.jspecify.annotations.Nullable;

/**
 * Keeps what the vendor has said in this attempt, in case it never ends. Safe for use by
 * many threads.
 */
final class AttemptListener implements Scope.Holder {

	private static final SoFar NOTHING = new SoFar() {
	};

	private final AttemptGuard guard;

	private final Scope scope;

	private final Target target;

	private final @Nullable WireListener outer;

	private volatile SoFar answer = NOTHING;

	private volatile List<String> leftOut;

	private volatile boolean refused;

	private volatile boolean waiting;

	/**
	 * @param guard is notified when the provider begins after it was waiting
	 * @param scope of the attempt
	 * @param target the target that is asked
	 * @param outer the outer listener, if there is one
	 */
	AttemptListener(AttemptGuard guard, Scope scope, Target target, @Nullable WireListener outer) {
		this.guard = guard;
		this.scope = scope;
		this.target = target;
		this.outer = outer;
		this.leftOut = scope.dropped();
	}

	@Override
	public Scope scope() {
		return this.scope;
	}

	Call call() {
		return this.scope.call();
	}

	Target target() {
		return this.target;
	}

	@Override
	public boolean isFirstTarget() {
		return call().isSentFirst(this.target);
	}

	@Override
	public CallerContext caller() {
		return call().caller();
	}

	@Override
	public Set<Parameter> without() {
		return this.scope.without();
	}

	@Override
	public void leftOut(List<String> parameters) {
		List<String> all = new ArrayList<>(this.leftOut);
		parameters.stream().filter((one) -> !all.contains(one)).forEach(all::add);
		this.leftOut = List.copyOf(all);
	}

	/** The words of the parameters that were left out of the request. */
	List<String> leftOut() {
		return this.leftOut;
	}

	/** An attempt inside this one is part of it. */
	@Override
	public void sending() {
	}

	/** From now on something may have been sent; notifies the outer listener. */
	void begins() {
		if (this.outer != null) {
			this.outer.sending();
		}
	}

	@Override
	public void refused() {
		this.refused = true;
	}

	/** The provider waits for one of our own threads or connections. */
	@Override
	public void waiting() {
		this.waiting = true;
	}

	@Override
	public void begun() {
		this.waiting = false;
		this.guard.begun();
	}

	boolean isWaiting() {
		return this.waiting;
	}

	@Override
	public boolean wantsFrames() {
		return this.outer != null && this.outer.wantsFrames();
	}

	boolean isRefused() {
		return this.refused;
	}

	@Override
	public void remaining(VendorLimits limits) {
		if (this.outer != null) {
			this.outer.remaining(limits);
		}
	}

	@Override
	public boolean wantsLimits() {
		return this.outer != null && this.outer.wantsLimits();
	}

	@Override
	public void answering(SoFar answer) {
		this.answer = answer;
	}

	/** Whether the vendor has begun to answer. */
	boolean isAnswering() {
		return this.answer != NOTHING;
	}

	/**
	 * Notifies the outer listener. An attempt inside this one is reported to its own
	 * listener, and not to outer ones.
	 */
	void told(Attempt attempt) {
		if (this.outer != null) {
			this.outer.ended(attempt);
		}
	}

	SoFar answer() {
		return this.answer;
	}

}
