package io.arcllm.module.retry;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZZ_Result;

/**
 * Two calls want the last retry of the budget.
 */
@JCStressTest
@Outcome(id = { "true, false, false", "false, true, false" }, expect = Expect.ACCEPTABLE, desc = "One has it.")
@Outcome(expect = Expect.FORBIDDEN, desc = "Both or neither.")
@State
public class RetryBudgetStress {

	private final RetryBudget budget = new RetryBudget(new RetrySettings.Budget(0.5, 0), () -> 0);

	public RetryBudgetStress() {
		this.budget.called();
		this.budget.called();
	}

	@Actor
	public void one(ZZZ_Result result) {
		result.r1 = this.budget.tryRetry();
	}

	@Actor
	public void other(ZZZ_Result result) {
		result.r2 = this.budget.tryRetry();
	}

	@Arbiter
	public void after(ZZZ_Result result) {
		result.r3 = this.budget.tryRetry();
	}

}
