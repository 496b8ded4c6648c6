package io.arcllm.module.circuitbreaker;

import java.time.Duration;

import io.arcllm.ErrorKind;
import io.arcllm.LlmException;
import io.arcllm.Target;
import io.arcllm.module.Percent;
import io.arcllm.module.circuitbreaker.Breaker.Admission;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LI_Result;
import org.openjdk.jcstress.infra.results.ZZI_Result;

/**
 * Two threads at a breaker that opens after two failures in a row and lets one probe
 * through.
 */
public final class BreakerStress {

	private static final LlmException FAILURE = LlmException.of(ErrorKind.SERVER_ERROR, "no").build();

	private BreakerStress() {
	}

	private static Breaker breaker() {
		return new Breaker(new Target("stress", null),
				new CircuitBreakerSettings(CircuitBreakerSettings.Window.COUNT, 20, 20, Percent.of("100%"), 2,
						new CircuitBreakerSettings.SlowCall(Percent.of("100%"), Duration.ofMinutes(1)),
						Duration.ofMinutes(1), 1, false, Duration.ofMinutes(5)));
	}

	/**
	 * Two calls fail at once: that is twice in a row.
	 */
	@JCStressTest
	@Outcome(id = "OPEN, 0", expect = Expect.ACCEPTABLE, desc = "Both counted.")
	@Outcome(expect = Expect.FORBIDDEN, desc = "A failure was lost.")
	@State
	public static class TwiceInARow {

		private final Breaker breaker = breaker();

		private final Admission first = this.breaker.admit("m");

		private final Admission second = this.breaker.admit("m");

		@Actor
		public void one() {
			this.breaker.failed(this.first, 1, FAILURE, "m");
		}

		@Actor
		public void other() {
			this.breaker.failed(this.second, 1, FAILURE, "m");
		}

		@Arbiter
		public void after(LI_Result result) {
			result.r1 = this.breaker.status().state();
			result.r2 = this.breaker.status().consecutiveFailures();
		}

	}

	/**
	 * Two calls want to be the one probe, and give its permit back.
	 */
	@JCStressTest
	@Outcome(id = { "true, false, 1", "false, true, 1" }, expect = Expect.ACCEPTABLE, desc = "One is the probe.")
	@Outcome(expect = Expect.FORBIDDEN, desc = "Both or neither.")
	@State
	public static class OneProbe {

		private final Breaker breaker = breaker();

		public OneProbe() {
			this.breaker.force(BreakerState.OPEN);
			this.breaker.force(BreakerState.HALF_OPEN);
		}

		@Actor
		public void one(ZZI_Result result) {
			result.r1 = this.breaker.admit("m").rejection() == null;
		}

		@Actor
		public void other(ZZI_Result result) {
			result.r2 = this.breaker.admit("m").rejection() == null;
		}

		@Arbiter
		public void after(ZZI_Result result) {
			result.r3 = this.breaker.status().probes();
		}

	}

	/**
	 * A probe lets go while the breaker is closed by hand: its permit is of a state that
	 * is gone.
	 */
	@JCStressTest
	@Outcome(id = "CLOSED, 0", expect = Expect.ACCEPTABLE, desc = "Closed, without probes.")
	@Outcome(expect = Expect.FORBIDDEN, desc = "A permit is lost.")
	@State
	public static class ReleasedWhileClosed {

		private final Breaker breaker = breaker();

		private final Admission probe;

		public ReleasedWhileClosed() {
			this.breaker.force(BreakerState.OPEN);
			this.breaker.force(BreakerState.HALF_OPEN);
			this.probe = this.breaker.admit("m");
		}

		@Actor
		public void letsGo() {
			this.breaker.released(this.probe);
		}

		@Actor
		public void closes() {
			this.breaker.force(BreakerState.CLOSED);
		}

		@Arbiter
		public void after(LI_Result result) {
			result.r1 = this.breaker.status().state();
			result.r2 = this.breaker.status().probes();
		}

	}

}
