package io.arcllm.module.bulkhead;

import java.time.Duration;

import io.arcllm.Target;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.ZZI_Result;

/**
 * Two threads at a bulkhead with one place and one seat.
 */
public final class BulkheadStress {

	private BulkheadStress() {
	}

	private static Bulkhead bulkhead() {
		return new Bulkhead(new Target("stress", null), BulkheadSettings.of(1, 1, Duration.ofMinutes(1)));
	}

	private static Bulkhead full() {
		Bulkhead bulkhead = bulkhead();
		bulkhead.tryEnter();
		return bulkhead;
	}

	/**
	 * Two want the one place.
	 */
	@JCStressTest
	@Outcome(id = { "true, false, 1", "false, true, 1" }, expect = Expect.ACCEPTABLE, desc = "One has it.")
	@Outcome(expect = Expect.FORBIDDEN, desc = "Both or neither.")
	@State
	public static class OnePlace {

		private final Bulkhead bulkhead = bulkhead();

		@Actor
		public void one(ZZI_Result result) {
			result.r1 = this.bulkhead.tryEnter();
		}

		@Actor
		public void other(ZZI_Result result) {
			result.r2 = this.bulkhead.tryEnter();
		}

		@Arbiter
		public void after(ZZI_Result result) {
			result.r3 = this.bulkhead.status().running();
		}

	}

	/**
	 * One leaves while another joins the queue: it must not be left waiting beside a free
	 * place.
	 */
	@JCStressTest
	@Outcome(id = "1, 1, 0", expect = Expect.ACCEPTABLE, desc = "Its place, once.")
	@Outcome(expect = Expect.FORBIDDEN, desc = "Forgotten in the queue, or let in twice.")
	@State
	public static class LeaveAndQueue {

		private final Bulkhead bulkhead = full();

		private int entered;

		@Actor
		public void leaves() {
			this.bulkhead.leave();
		}

		@Actor
		public void queues() {
			this.bulkhead.queue(() -> this.entered++);
		}

		@Arbiter
		public void after(III_Result result) {
			result.r1 = this.entered;
			result.r2 = this.bulkhead.status().running();
			result.r3 = this.bulkhead.status().queued();
		}

	}

	/**
	 * A waiter goes away while its turn comes: either it has the place, and knows, or no
	 * call has.
	 */
	@JCStressTest
	@Outcome(id = "0, 0, 0", expect = Expect.ACCEPTABLE, desc = "Gone before its turn.")
	@Outcome(id = "1, 1, 0", expect = Expect.ACCEPTABLE, desc = "It was its turn.")
	@Outcome(expect = Expect.FORBIDDEN, desc = "A place is lost, or a call that went away was executed.")
	@State
	public static class LeaveAndWithdraw {

		private final Bulkhead bulkhead = full();

		private final Bulkhead.Waiter waiter = () -> this.entered++;

		private int entered;

		private boolean withdrawn;

		public LeaveAndWithdraw() {
			this.bulkhead.queue(this.waiter);
		}

		@Actor
		public void leaves() {
			this.bulkhead.leave();
		}

		@Actor
		public void goesAway() {
			this.withdrawn = this.bulkhead.withdraw(this.waiter);
		}

		@Arbiter
		public void after(III_Result result) {
			result.r1 = this.entered;
			result.r2 = this.bulkhead.status().running();
			result.r3 = (this.withdrawn == (this.entered == 0)) ? 0 : 1;
		}

	}

}
