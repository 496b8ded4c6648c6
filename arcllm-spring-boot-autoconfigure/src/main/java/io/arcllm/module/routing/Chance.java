package io.arcllm.module.routing;

import java.util.concurrent.ThreadLocalRandom;
import java.util.function.DoubleSupplier;

/**
 * The source of random numbers for jitter and weighted choices: at least 0 and below 1. A
 * bean of this type replaces the JVM's generator, so that tests can be repeated. Safe for
 * use by many threads.
 */
@FunctionalInterface
public interface Chance extends DoubleSupplier {

	/** The JVM's generator. */
	Chance REAL = () -> ThreadLocalRandom.current().nextDouble();

}
