package io.arcllm.module;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Runs code of the application that is notified of calls: what it throws is logged once
 * and changes nothing. All listeners, meters, observation handlers and event listeners
 * are called through hooks. Safe for use by many threads.
 */
public final class Hook {

	private static final Log logger = LogFactory.getLog(Hook.class);

	private final String what;

	private final AtomicBoolean said = new AtomicBoolean();

	/**
	 * @param what the name of the code in the log
	 */
	public Hook(String what) {
		this.what = what;
	}

	/** Runs the code. */
	public void run(Runnable code) {
		try {
			code.run();
		}
		catch (Throwable ex) {
			failed(ex);
		}
	}

	/**
	 * Calls the code and returns its result.
	 * @param otherwise the result if it throws
	 */
	public <T extends @Nullable Object> T get(Supplier<T> code, Supplier<T> otherwise) {
		try {
			return code.get();
		}
		catch (Throwable ex) {
			failed(ex);
			return otherwise.get();
		}
	}

	private void failed(Throwable failure) {
		if (this.said.compareAndSet(false, true)) {
			logger.warn(this.what + " threw an exception, which changes nothing for calls; it is not logged again",
					failure);
		}
		else {
			logger.debug(this.what + " threw an exception again", failure);
		}
	}

}
