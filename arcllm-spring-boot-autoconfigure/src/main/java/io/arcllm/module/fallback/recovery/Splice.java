package io.arcllm.module.fallback.recovery;

import java.util.List;

import io.arcllm.LlmEvent;
import io.arcllm.Target;

/**
 * Joins the answer of a second attempt to what the caller has of the first: says what is
 * passed on of each of its events.
 */
interface Splice {

	/**
	 * What follows for the caller.
	 * @throws DivergedException if the second answer contradicts the first
	 */
	List<LlmEvent> next(LlmEvent event);

	/**
	 * Declares void what was delivered, as soon as the second answer has begun.
	 */
	static final class Restart implements Splice {

		private final Delivered delivered;

		private final Target to;

		private final String reason;

		private boolean begun;

		Restart(Delivered delivered, Target to, String reason) {
			this.delivered = delivered;
			this.to = to;
			this.reason = reason;
		}

		@Override
		public List<LlmEvent> next(LlmEvent event) {
			if (this.begun) {
				return List.of(this.delivered.add(event));
			}
			this.begun = true;
			LlmEvent restarted = this.delivered.add(new LlmEvent.Restarted(this.to, this.reason));
			return List.of(restarted, this.delivered.add(event));
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
