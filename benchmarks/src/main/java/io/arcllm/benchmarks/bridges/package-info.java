/**
 * What the bridges to other libraries cost.
 */
@NullMarked
package io.arcllm.benchmarks.bridges;

import org.jspecify.annotations.NullMarked;
