package io.arcllm.module;

import io.arcllm.LlmEvent;
import io.arcllm.LlmProvider;
import io.arcllm.LlmRequest;
import io.arcllm.Target;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;

/**
 * A guard around the contract: holds the beginning of each stream back until its commit
 * point. A stream that fails before it has delivered nothing, so its failure is a plain
 * one. Stands outside {@link ContractModule}, which so sees every token when it comes.
 */
public final class CommitModule extends BaseModule {

	private final Target target;

	private final Commit commit;

	/**
	 * @param inner a provider that keeps the contract
	 * @param target who it is
	 * @param commit until when to hold back
	 */
	public CommitModule(LlmProvider inner, Target target, Commit commit) {
		super(inner);
		this.target = target;
		this.commit = commit;
	}

	@Override
	public Flux<LlmEvent> exchange(LlmRequest request) {
		Flux<LlmEvent> answer = this.inner.exchange(request);
		return new Flux<>() {

			@Override
			public void subscribe(CoreSubscriber<? super LlmEvent> actual) {
				answer.subscribe(new HeldBack(actual, CommitModule.this.commit, CommitModule.this.target));
			}

		};
	}

	/**
	 * The provider alone: a part of the contract.
	 */
	@Override
	public String toString() {
		return this.inner.toString();
	}

}
