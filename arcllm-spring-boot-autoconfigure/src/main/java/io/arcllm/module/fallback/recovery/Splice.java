package io.arcllm.module.fallback.recovery;

import java.util.List;

import io.arcllm.AnswerBuilder;
import io.arcllm.LlmEvent;
import io.arcllm.Target;

/**
 * Joins the answer of a second attempt to what the caller has of the first: says what is
 * passed on of each of its events.
 */
interface Splice {

	/**
	 * What follows for the caller. A second answer that is taken back itself diverges:
	 * only with {@code restart} may what was delivered be declared void.
	 * @throws DivergedException if the second answer contradicts the first
	 */
	List<LlmEvent> next(LlmEvent event);

	/**
	 * Declares void what was delivered, as soon as the second answer has begun.
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
	 * A second answer is not the one that was already delivered in part.
	 */
	static final class DivergedException extends RuntimeException {

		DivergedException(String message) {
			super(message, null, false, false);
		}

	}

}
