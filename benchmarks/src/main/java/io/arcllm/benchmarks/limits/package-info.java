/**
 * What the library survives on a small heap.
 */
@NullMarked
package io.arcllm.benchmarks.limits;

import org.jspecify.annotations.NullMarked;
