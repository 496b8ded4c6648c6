package io.arcllm.module.attempt;

import io.arcllm.ErrorKind;
import io.arcllm.LlmEvent;
import io.arcllm.LlmException;
import io.arcllm.LlmProvider;
import io.arcllm.LlmRequest;
import io.arcllm.LlmResponse;
import io.arcllm.Target;
import io.arcllm.module.BaseModule;
import io.arcllm.module.EventStep;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;

/**
 * A guard inside the contract: ends an answer that repeats the same text again and again.
 */
public final class RepetitionGuardModule extends BaseModule {

	private final Target target;

	private final int most;

	/**
	 * @param inner an adapter, or a provider of the application
	 * @param target the target, for errors
	 * @param most the number of equal runs of 200 characters at which the answer ends
	 */
	public RepetitionGuardModule(LlmProvider inner, Target target, int most) {
		super(inner);
		this.target = target;
		this.most = most;
	}

	@Override
	public Flux<LlmEvent> exchange(LlmRequest request) {
		return EventStep.around(this.inner.exchange(request), (actual) -> new Watched(actual, this.target, this.most));
	}

	/**
	 * The provider alone, because this is part of the contract.
	 */
	@Override
	public String toString() {
		return this.inner.toString();
	}

	/**
	 * One answer that is watched.
	 */
	private static final class Watched extends EventStep {

		private final Target target;

		private final Repeats text;

		private final Repeats thinking;

		private boolean spoke;

		private boolean ended;

		Watched(CoreSubscriber<? super LlmEvent> actual, Target target, int most) {
			super(actual);
			this.target = target;
			this.text = new Repeats(most);
			this.thinking = new Repeats(most);
		}

		@Override
		public void onNext(LlmEvent event) {
			if (this.ended) {
				return;
			}
			LlmResponse answer = event.answer();
			if (answer != null && !this.spoke && repeats(answer)) {
				fail();
				return;
			}
			this.spoke = true;
			boolean repeats = (event instanceof LlmEvent.TextDelta delta) ? this.text.add(delta.text())
					: event instanceof LlmEvent.ThinkingDelta thought && this.thinking.add(thought.text());
			this.actual.onNext(event);
			if (repeats) {
				fail();
			}
		}

		/** Checks a whole answer, which has no deltas. */
		private boolean repeats(LlmResponse answer) {
			return this.text.add(answer.text())
					|| answer.thinking().stream().anyMatch((thought) -> this.thinking.add(thought.text()));
		}

		private void fail() {
			if (!this.ended) {
				cancel();
				onError(LlmException
					.of(ErrorKind.INTERRUPTED,
							this.target + " repeats itself: the same " + Repeats.LENGTH
									+ " characters again and again (streams.max-repeats)")
					.target(this.target)
					.build());
			}
		}

		@Override
		public void onError(Throwable failure) {
			if (!this.ended) {
				this.ended = true;
				this.actual.onError(failure);
			}
		}

		@Override
		public void onComplete() {
			if (!this.ended) {
				this.ended = true;
				this.actual.onComplete();
			}
		}

	}

	/**
	 * Counts how often the same 200 characters follow each other, wherever they begin:
	 * each character is compared with the one 200 before it, and 200 equal ones in a row
	 * are one repetition.
	 */
	static final class Repeats {

		static final int LENGTH = 200;

		private final long most;

		private final char[] last = new char[LENGTH];

		private long seen;

		private long equal;

		Repeats(int most) {
			this.most = (long) most * LENGTH;
		}

		/** Whether there were too many repetitions. */
		boolean add(String words) {
			for (int i = 0; i < words.length(); i++) {
				int at = (int) (this.seen % LENGTH);
				this.equal = (this.seen >= LENGTH && this.last[at] == words.charAt(i)) ? this.equal + 1 : 0;
				this.last[at] = words.charAt(i);
				this.seen++;
				if (this.equal >= this.most) {
					return true;
				}
			}
			return false;
		}

	}

}
