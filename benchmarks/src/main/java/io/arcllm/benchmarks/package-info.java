/**
 * Runs each benchmark by its name.
 */
@NullMarked
package io.arcllm.benchmarks;

import org.jspecify.annotations.NullMarked;
