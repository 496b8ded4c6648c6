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
import reactor.util.context.ContextView;

/**
 * What the vendor has said in this attempt, in case it never ends. Safe for use by many
 * threads.
 */
final class AttemptListener implements WireListener {

	private static final SoFar NOTHING = new SoFar() {
	};

	private final @Nullable WireListener outer;

	private volatile SoFar answer = NOTHING;

	private final Runnable begun;

	private volatile boolean refused;

	private volatile boolean waiting;

	private final Call call;

	private final Target target;

	private final Set<Parameter> without;

	private volatile List<String> leftOut;

	/**
	 * @param context of the attempt, where an outer listener may be
	 * @param scope of the attempt
	 * @param target the target that is asked
	 * @param begun run when the provider begins after it was waiting
	 */
	AttemptListener(ContextView context, Scope scope, Target target, Runnable begun) {
		this.begun = begun;
		this.outer = WireListener.of(context);
		this.call = scope.call();
		this.target = target;
		this.without = scope.without();
		this.leftOut = scope.dropped();
	}

	@Override
	public boolean isFirstTarget() {
		return this.call.isSentFirst(this.target);
	}

	@Override
	public CallerContext caller() {
		return this.call.caller();
	}

	@Override
	public Set<Parameter> without() {
		return this.without;
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

	/** The outer listener has already been notified. */
	@Override
	public void sending() {
	}

	@Override
	public void refused() {
		this.refused = true;
	}

	/** The provider waits for something of ours. */
	@Override
	public void waiting() {
		this.waiting = true;
	}

	@Override
	public void begun() {
		this.waiting = false;
		this.begun.run();
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
	 * Tells the outer listener. An attempt inside this one ends in its own listener, and
	 * is not told further out.
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
