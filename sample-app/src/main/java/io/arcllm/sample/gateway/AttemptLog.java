package io.arcllm.sample.gateway;

import io.arcllm.Target;
import io.arcllm.sample.AttemptWatch;
import org.jspecify.annotations.Nullable;

/**
 * What the gateway knows of a call before it has ended: the requests so far, and the
 * target that answers. Safe for use by many threads.
 */
final class AttemptLog implements AttemptWatch {

	private int attempts;

	private @Nullable Target speaker;

	@Override
	public synchronized void started(Target target) {
		this.attempts++;
	}

	@Override
	public synchronized void notSent(Target target) {
		this.attempts--;
	}

	@Override
	public synchronized void speaks(Target target) {
		this.speaker = target;
	}

	synchronized int attempts() {
		return this.attempts;
	}

	/** The target whose words are passed on now, if one has spoken. */
	synchronized @Nullable Target speaker() {
		return this.speaker;
	}

}
