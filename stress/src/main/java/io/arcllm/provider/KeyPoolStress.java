package io.arcllm.provider;

import java.util.List;

import io.arcllm.ErrorKind;
import io.arcllm.LlmException;
import io.arcllm.provider.key.KeyPool;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LL_Result;

/**
 * Two threads at a pool of three keys.
 */
public final class KeyPoolStress {

	private static final LlmException REFUSAL = LlmException.of(ErrorKind.RATE_LIMITED, "no").build();

	private KeyPoolStress() {
	}

	private static KeyPool pool() {
		return new KeyPool(List.of("a", "b", "c"), () -> 0);
	}

	/**
	 * Two calls had the same key: the pool goes on by one, not by two.
	 */
	@JCStressTest
	@Outcome(id = "b, \\[PAUSED, READY, READY\\]", expect = Expect.ACCEPTABLE, desc = "The next one.")
	@Outcome(expect = Expect.FORBIDDEN, desc = "A key that is ready was passed over.")
	@State
	public static class RefusedTwice {

		private final KeyPool pool = pool();

		@Actor
		public void one() {
			this.pool.failed("a", REFUSAL);
		}

		@Actor
		public void other() {
			this.pool.failed("a", REFUSAL);
		}

		@Arbiter
		public void after(LL_Result result) {
			result.r1 = this.pool.next();
			result.r2 = this.pool.states();
		}

	}

	/**
	 * A key is refused while another call takes one.
	 */
	@JCStressTest
	@Outcome(id = { "a, b", "b, b" }, expect = Expect.ACCEPTABLE, desc = "Before or after the refusal.")
	@Outcome(expect = Expect.FORBIDDEN, desc = "A refused key is used again.")
	@State
	public static class RefusedWhileTaken {

		private final KeyPool pool = pool();

		@Actor
		public void refused() {
			this.pool.failed("a", REFUSAL);
		}

		@Actor
		public void takes(LL_Result result) {
			result.r1 = this.pool.next();
		}

		@Arbiter
		public void after(LL_Result result) {
			result.r2 = this.pool.next();
		}

	}

}
