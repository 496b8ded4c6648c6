package io.arcllm.test;

import java.util.Random;

import io.arcllm.module.routing.Chance;
import org.jspecify.annotations.Nullable;

/**
 * Random numbers of the JVM, until a test sets a seed. Safe for use by many threads.
 */
final class SeededChance implements Chance {

	private volatile @Nullable Random random;

	void seed(long seed) {
		this.random = new Random(seed);
	}

	@Override
	public double getAsDouble() {
		Random random = this.random;
		return (random != null) ? random.nextDouble() : REAL.getAsDouble();
	}

}
