package io.arcllm.module.fallback;

import java.util.List;

import io.arcllm.LlmEvent;
import io.arcllm.Target;

/**
 * Declares void what was delivered, as soon as the second answer has begun.
 */
final class Restart implements Joint {

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
