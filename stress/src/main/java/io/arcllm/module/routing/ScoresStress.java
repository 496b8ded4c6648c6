package io.arcllm.module.routing;

import java.time.Duration;

import io.arcllm.Attempt;
import io.arcllm.Target;
import io.arcllm.Trail;
import io.arcllm.Usage;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LL_Result;

/**
 * Two attempts at a target end at once: neither is forgotten.
 */
@JCStressTest
@Outcome(id = "1.9, 1.9", expect = Expect.ACCEPTABLE, desc = "Both count, the older one a tenth less.")
@Outcome(expect = Expect.FORBIDDEN, desc = "One was lost.")
@State
public class ScoresStress {

	private static final Target TARGET = new Target("stress", null);

	private static final Attempt ATTEMPT = new Attempt(TARGET, Attempt.Outcome.COMPLETED, Duration.ZERO, Duration.ZERO,
			null, Duration.ofSeconds(1), null, "", null, null, Usage.UNKNOWN);

	private final Scores scores = new Scores(() -> 0);

	public ScoresStress() {
		this.scores.want();
	}

	@Actor
	public void one() {
		this.scores.ended(ATTEMPT, Trail.EMPTY);
	}

	@Actor
	public void other() {
		this.scores.ended(ATTEMPT, Trail.EMPTY);
	}

	@Arbiter
	public void after(LL_Result result) {
		result.r1 = this.scores.of(TARGET).results();
		result.r2 = this.scores.of(TARGET).successes();
	}

}
