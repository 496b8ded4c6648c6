package io.arcllm.sample.gateway;

import io.arcllm.Target;
import org.jspecify.annotations.Nullable;
import reactor.util.context.ContextView;

/**
 * What the gateway knows of a call before it has ended: the requests so far and who is
 * asked now. Lives in the Reactor context. Safe for use by many threads.
 */
final class AttemptLog {

	private int attempts;

	private @Nullable Target now;

	static @Nullable AttemptLog of(ContextView context) {
		return context.getOrDefault(AttemptLog.class, null);
	}

	synchronized void started(Target target) {
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
