package io.arcllm.module;

import io.arcllm.VendorLimits;
import io.arcllm.WireListener;
import org.jspecify.annotations.Nullable;
import reactor.util.context.Context;
import reactor.util.context.ContextView;

/**
 * Knows what the vendor has said in one attempt, in case it never ends. Inside an attempt
 * it stands for all that modules put into the Reactor context, since every operator of a
 * client copies each entry of that.
 */
public final class Heard implements WireListener {

	private static final SoFar NOTHING = new SoFar() {
	};

	private static final Object[] OURS = { AttemptLimits.class, Call.OTHERS_LEFT, ChainPass.class, Call.class,
			WireListener.class };

	private final @Nullable WireListener outer;

	private final Call call;

	private final @Nullable ChainPass round;

	private volatile SoFar answer = NOTHING;

	private volatile boolean refused;

	/**
	 * @param context of the attempt, where somebody may want to hear of the rest
	 * @param call the call that the attempt is part of
	 */
	public Heard(ContextView context, Call call) {
		this.outer = WireListener.of(context);
		this.call = call;
		this.round = ChainPass.of(context);
	}

	/**
	 * The attempt that this subscription is part of, if it is part of one.
	 */
	static @Nullable Heard of(ContextView context) {
		return (WireListener.of(context) instanceof Heard heard) ? heard : null;
	}

	/**
	 * The context inside the attempt.
	 */
	public Context close(Context context) {
		if (ours(context) == context.size()) {
			return Context.of(WireListener.class, this);
		}
		return context.delete(AttemptLimits.class)
			.delete(Call.OTHERS_LEFT)
			.delete(ChainPass.class)
			.delete(Call.class)
			.put(WireListener.class, this);
	}

	private static int ours(Context context) {
		int ours = 0;
		for (Object key : OURS) {
			ours += context.hasKey(key) ? 1 : 0;
		}
		return ours;
	}

	/**
	 * The context of a call that is made inside an attempt.
	 */
	static Context open(Context context) {
		Heard heard = of(context);
		if (heard == null) {
			return context;
		}
		Context opened = context.put(Call.class, heard.call);
		return (heard.round == null) ? opened : opened.put(ChainPass.class, heard.round);
	}

	Call call() {
		return this.call;
	}

	@Nullable ChainPass round() {
		return this.round;
	}

	/** Who is outside was told before. */
	@Override
	public void sending() {
	}

	@Override
	public void refused() {
		this.refused = true;
	}

	public boolean isRefused() {
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

	public SoFar answer() {
		return this.answer;
	}

}
