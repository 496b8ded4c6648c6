package io.arcllm.module.hedge;

import java.util.List;

import io.arcllm.LlmEvent;
import io.arcllm.LlmRequest;
import io.arcllm.module.BaseModule;
import io.arcllm.module.Candidate;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;

/**
 * A redirector inside a chain: when its target is silent for longer than usual, the next
 * one is asked too, and the first to speak is listened to. A target that fails is left to
 * the chain.
 */
public final class HedgeModule extends BaseModule {

	private final Candidate own;

	private final List<Candidate> others;

	private final HedgeSettings settings;

	private final HedgeEngine engine;

	/**
	 * @param own the target that is asked first
	 * @param others the other targets of its chain, next one first
	 * @param settings when to ask one of them
	 * @param engine what is known of the target; shared by all stacks of it
	 */
	public HedgeModule(Candidate own, List<Candidate> others, HedgeSettings settings, HedgeEngine engine) {
		super(own.provider());
		this.own = own;
		this.others = List.copyOf(others);
		this.settings = settings;
		this.engine = engine;
	}

	@Override
	public Flux<LlmEvent> exchange(LlmRequest request) {
		if (!request.tools().isEmpty() && !this.settings.allowTools()) {
			return this.inner.exchange(request);
		}
		return new Flux<>() {

			@Override
			public void subscribe(CoreSubscriber<? super LlmEvent> actual) {
				HedgeModule.this.engine.called(HedgeModule.this.settings);
				HedgedCall call = new HedgedCall(actual, HedgeModule.this, request);
				actual.onSubscribe(call);
				call.start(HedgeModule.this.inner);
			}

		};
	}

	Candidate own() {
		return this.own;
	}

	List<Candidate> others() {
		return this.others;
	}

	HedgeSettings settings() {
		return this.settings;
	}

	HedgeEngine engine() {
		return this.engine;
	}

}
