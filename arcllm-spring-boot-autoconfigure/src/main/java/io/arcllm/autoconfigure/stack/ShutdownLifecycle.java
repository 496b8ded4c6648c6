package io.arcllm.autoconfigure.stack;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

import io.arcllm.module.ModuleClock;
import io.arcllm.module.Shutdown;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import reactor.core.scheduler.Schedulers;

import org.springframework.context.SmartLifecycle;

/**
 * Ends calls in order when the application shuts down: after the web server has drained,
 * no call or attempt begins, attempts on the wire may finish within the time of the
 * phase, and the rest is interrupted.
 */
public final class ShutdownLifecycle implements SmartLifecycle {

	private static final Log logger = LogFactory.getLog(ShutdownLifecycle.class);

	/** Below the phases of Boot's web server, which therefore stops before. */
	private static final int PHASE = DEFAULT_PHASE - 3072;

	/** The part of the phase for interrupting the rest. */
	private static final Duration RESERVE = Duration.ofMillis(500);

	private static final long LOOK_AGAIN_MILLIS = 20;

	private final Shutdown shutdown;

	private final Duration timeout;

	private volatile boolean running;

	/**
	 * @param shutdown has the calls under way
	 * @param timeout the longest time of the phase
	 */
	public ShutdownLifecycle(Shutdown shutdown, Duration timeout) {
		this.shutdown = shutdown;
		this.timeout = timeout;
	}

	@Override
	public void start() {
		this.shutdown.open();
		this.running = true;
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

	@Override
	public int getPhase() {
		return PHASE;
	}

	/** Stops without waiting. */
	@Override
	public void stop() {
		stop(() -> {
		});
	}

	@Override
	public void stop(Runnable callback) {
		this.running = false;
		this.shutdown.close();
		int calls = this.shutdown.calls();
		if (calls == 0) {
			callback.run();
			return;
		}
		Duration tenth = this.timeout.dividedBy(10);
		Duration patience = this.timeout.minus((tenth.compareTo(RESERVE) < 0) ? tenth : RESERVE);
		logger.info("Shutting down: " + calls + " calls of models are under way, and may finish within "
				+ this.timeout.toMillis() + " ms");
		drain(ModuleClock.nanos() + patience.toNanos(), callback);
	}

	private void drain(long end, Runnable callback) {
		if (this.shutdown.calls() == 0) {
			logger.info("Shutting down: all calls of models have ended");
			callback.run();
		}
		else if (ModuleClock.nanos() - end >= 0) {
			logger.info("Shutting down: " + this.shutdown.calls() + " calls of models were interrupted");
			this.shutdown.interrupt();
			callback.run();
		}
		else {
			Schedulers.parallel().schedule(() -> drain(end, callback), LOOK_AGAIN_MILLIS, TimeUnit.MILLISECONDS);
		}
	}

}
