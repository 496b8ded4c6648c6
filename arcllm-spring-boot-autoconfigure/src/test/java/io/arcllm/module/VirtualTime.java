package io.arcllm.module;

import java.time.Duration;

import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import reactor.test.scheduler.VirtualTimeScheduler;

/**
 * Time that passes when a test says so.
 */
public final class VirtualTime implements BeforeEachCallback, AfterEachCallback {

	@Override
	public void beforeEach(ExtensionContext context) {
		VirtualTimeScheduler.getOrSet();
	}

	@Override
	public void afterEach(ExtensionContext context) {
		VirtualTimeScheduler.reset();
	}

	/** Lets time pass. */
	public void passes(Duration time) {
		VirtualTimeScheduler.get().advanceTimeBy(time);
	}

	/** Lets so many seconds pass. */
	public void seconds(long seconds) {
		passes(Duration.ofSeconds(seconds));
	}

}
