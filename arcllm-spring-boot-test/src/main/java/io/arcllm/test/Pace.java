package io.arcllm.test;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * How fast a simulated vendor answers.
 *
 * @param firstToken how long until the first token
 * @param tokensPerSecond how many follow in a second; zero for all at once
 */
public record Pace(Duration firstToken, int tokensPerSecond) {

	/** About that of a real vendor's smaller model. */
	public static final Pace REALISTIC = new Pace(Duration.ofMillis(300), 60);

	/** No waiting at all. */
	public static final Pace INSTANT = new Pace(Duration.ZERO, 0);

	boolean isInstant() {
		return this.firstToken.isZero() && this.tokensPerSecond <= 0;
	}

	/** How long that many tokens take, a little more or less each time. */
	Duration tokens(int count) {
		return vary((this.tokensPerSecond <= 0) ? Duration.ZERO
				: Duration.ofNanos(count * 1_000_000_000L / this.tokensPerSecond));
	}

	/** How long the first token takes this time. */
	Duration first() {
		return vary(this.firstToken);
	}

	private static Duration vary(Duration mean) {
		return mean.isZero() ? mean
				: Duration.ofNanos((long) (mean.toNanos() * ThreadLocalRandom.current().nextDouble(0.7, 1.3)));
	}

}
