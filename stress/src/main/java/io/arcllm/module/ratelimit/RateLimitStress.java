package io.arcllm.module.ratelimit;

import java.time.Duration;

import io.arcllm.Target;
import io.arcllm.Usage;
import io.arcllm.VendorLimits;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.JJ_Result;
import org.openjdk.jcstress.infra.results.LLLL_Result;

/**
 * Two threads at a rate limit whose clock stands still.
 */
public final class RateLimitStress {

	private RateLimitStress() {
	}

	private static RateLimiter limiter(int requests, int tokens) {
		RateLimitSettings settings = new RateLimitSettings(requests, tokens, requests, Duration.ZERO,
				RateLimitSettings.By.TARGET, RateLimitSettings.Store.MEMORY, RateLimitSettings.OnStoreFailure.LOCAL);
		return new RateLimiter(new Target("stress", null), settings, new MemoryStore(settings, (unit, bucket) -> {
		}, new StoppedClock()));
	}

	/**
	 * Two calls want the last tokens: the one without any takes no request either.
	 */
	@JCStressTest
	@Outcome(id = { "true, false, 1, 0", "false, true, 1, 0" }, expect = Expect.ACCEPTABLE, desc = "One has them.")
	@Outcome(expect = Expect.FORBIDDEN, desc = "Both or neither, or a request is lost.")
	@State
	public static class LastTokens {

		private final RateLimiter limiter = limiter(2, 10);

		@Actor
		public void one(LLLL_Result result) {
			result.r1 = this.limiter.line().pass(10);
		}

		@Actor
		public void other(LLLL_Result result) {
			result.r2 = this.limiter.line().pass(10);
		}

		@Arbiter
		public void after(LLLL_Result result) {
			result.r3 = this.limiter.status().requests();
			result.r4 = this.limiter.status().tokens();
		}

	}

	/**
	 * Two answers say at once that 10 are left of 50.
	 */
	@JCStressTest
	@Outcome(id = "10, 10", expect = Expect.ACCEPTABLE, desc = "10 are left.")
	@Outcome(expect = Expect.FORBIDDEN, desc = "Taken off twice.")
	@State
	public static class TwoAnswers {

		private static final VendorLimits TEN = new VendorLimits(10L, 10L);

		private final RateLimiter limiter = limiter(50, 50);

		@Actor
		public void one() {
			this.limiter.observe(TEN);
		}

		@Actor
		public void other() {
			this.limiter.observe(TEN);
		}

		@Arbiter
		public void after(JJ_Result result) {
			result.r1 = this.limiter.status().requests();
			result.r2 = this.limiter.status().tokens();
		}

	}

	/**
	 * One call is settled while another gets all of its reservation back.
	 */
	@JCStressTest
	@Outcome(id = "9, 93", expect = Expect.ACCEPTABLE, desc = "One request and its seven tokens are gone.")
	@Outcome(expect = Expect.FORBIDDEN, desc = "Lost or given back twice.")
	@State
	public static class SettleAndRefund {

		private final RateLimiter limiter = limiter(10, 100);

		public SettleAndRefund() {
			this.limiter.line().pass(20);
			this.limiter.line().pass(30);
		}

		@Actor
		public void settles() {
			this.limiter.settle(20, Usage.of(5, 2));
		}

		@Actor
		public void refunds() {
			this.limiter.refund(30);
		}

		@Arbiter
		public void after(JJ_Result result) {
			result.r1 = this.limiter.status().requests();
			result.r2 = this.limiter.status().tokens();
		}

	}

}
