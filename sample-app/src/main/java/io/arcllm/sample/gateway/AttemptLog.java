package io.arcllm.sample.gateway;

import io.arcllm.Target;
import io.arcllm.sample.AttemptWatch;
import org.jspecify.annotations.Nullable;

/**
 * What the gateway knows of a call before it has ended: the requests so far and who is
 * asked now. Safe for use by many threads.
 */
final class AttemptLog implements AttemptWatch {

	private int attempts;

	private @Nullable Target now;

	@Override
	public synchronized void started(Target target) {
		this.attempts++;
		this.now = target;
	}

	synchronized int attempts() {
		return this.attempts;
	}

	/** Who was asked last, if anybody was. */
	synchronized @Nullable Target now() {
		return this.now;
	}

}
