package io.arcllm.module.fallback.recovery;

import java.util.List;

import io.arcllm.AnswerBuilder;
import io.arcllm.LlmEvent;
import io.arcllm.Target;

/**
 * Joins the answer of a second attempt to what the caller has of the first: decides what
 * of each event is passed on.
 */
interface Splice {

	/**
	 * The events for the caller. A second answer that restarts diverges, because only
	 * with {@code restart} may delivered words be declared void.
	 * @throws DivergedException if the second answer contradicts the first
	 */
	List<LlmEvent> next(LlmEvent event);

	/**
	 * Declares what was delivered void, as soon as the second answer has begun.
	 */
	static final class Restart implements Splice {

		private final AnswerBuilder delivered;

		private final Target to;

		private final String reason;

		private boolean begun;

		Restart(AnswerBuilder delivered, Target to, String reason) {
			this.delivered = delivered;
			this.to = to;
			this.reason = reason;
		}

		@Override
		public List<LlmEvent> next(LlmEvent event) {
			if (this.begun) {
				this.delivered.add(event);
				return List.of(event);
			}
			this.begun = true;
			LlmEvent restarted = new LlmEvent.Restarted(this.to, this.reason);
			this.delivered.add(restarted).add(event);
			return List.of(restarted, event);
		}

	}

	/**
	 * A second answer differs from what was delivered.
	 */
	static final class DivergedException extends RuntimeException {

		DivergedException(String message) {
			super(message, null, false, false);
		}

	}

}
