package io.arcllm.module.routing;

import java.util.concurrent.ThreadLocalRandom;
import java.util.function.DoubleSupplier;

/**
 * What is left to chance, such as jitter and weighted choices: numbers from 0 to 1, 1
 * excluded. A bean of this type takes the place of the JVM's own, so that tests can be
 * repeated. Safe for use by many threads.
 */
@FunctionalInterface
public interface Chance extends DoubleSupplier {

	/** That of the JVM. */
	Chance REAL = () -> ThreadLocalRandom.current().nextDouble();

}
