package io.arcllm.module.fallback;

import io.arcllm.LlmEvent;
import io.arcllm.LlmRequest;
import io.arcllm.module.BaseModule;
import io.arcllm.module.Begun;
import io.arcllm.module.Call;
import io.arcllm.module.Recovery;
import io.arcllm.module.Round;
import io.arcllm.module.Selection;
import reactor.core.publisher.Flux;

/**
 * A redirector: asks the next target of the chain when one fails before it delivered
 * anything, and afterwards goes on with the answer where it is told how. No target is
 * asked inside another's fallback, and none is made before it is asked.
 */
public final class FallbackModule extends BaseModule {

	private final Chain chain;

	private final FallbackSettings settings;

	private final Selection selection;

	private final Resume resume;

	/**
	 * A chain that leaves a stream that broke off as it is.
	 */
	public FallbackModule(Chain chain, FallbackSettings settings, Selection selection) {
		this(chain, settings, selection, Resume.NONE);
	}

	/**
	 * @param chain whose first target is the primary one
	 * @param settings when to ask the next
	 * @param selection whom to ask first
	 * @param resume what to do when a stream breaks off
	 */
	public FallbackModule(Chain chain, FallbackSettings settings, Selection selection, Resume resume) {
		super(chain.primary().provider());
		this.chain = chain;
		this.settings = settings;
		this.selection = selection;
		this.resume = resume;
	}

	@Override
	public Flux<LlmEvent> exchange(LlmRequest request) {
		return Begun.by((context) -> (Round.of(context) != null) ? this.inner.exchange(request)
				: new Descent(this.chain, this.settings, this.resume, request, Call.of(context))
					.ask(this.selection.order(this.chain.targets(), request)));
	}

	/**
	 * A chain of one is there only for streams that break off.
	 */
	@Override
	public String toString() {
		boolean alone = this.resume.recovery() != Recovery.FAIL && this.chain.isAlone();
		return alone ? "Recovery(" + this.inner + ")" : super.toString();
	}

}
