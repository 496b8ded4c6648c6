package io.arcllm.test;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The speed of a simulated vendor.
 *
 * @param firstToken the time to the first token
 * @param tokensPerSecond the tokens in a second after that; 0 for all at once
 */
public record Pace(Duration firstToken, int tokensPerSecond) {

	/** About the speed of a real vendor's smaller model. */
	public static final Pace REALISTIC = new Pace(Duration.ofMillis(300), 60);

	/** Without waiting. */
	public static final Pace INSTANT = new Pace(Duration.ZERO, 0);

	boolean isInstant() {
		return this.firstToken.isZero() && this.tokensPerSecond <= 0;
	}

	/** The time for this many tokens, with some variation. */
	Duration tokens(int count) {
		return vary((this.tokensPerSecond <= 0) ? Duration.ZERO
				: Duration.ofNanos(count * 1_000_000_000L / this.tokensPerSecond));
	}

	/** The time to the first token, with some variation. */
	Duration first() {
		return vary(this.firstToken);
	}

	private static Duration vary(Duration mean) {
		return mean.isZero() ? mean
				: Duration.ofNanos((long) (mean.toNanos() * ThreadLocalRandom.current().nextDouble(0.7, 1.3)));
	}

}
