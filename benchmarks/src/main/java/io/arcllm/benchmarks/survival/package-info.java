/**
 * What users see of sixteen failures, through this library and through others.
 */
@NullMarked
package io.arcllm.benchmarks.survival;

import org.jspecify.annotations.NullMarked;
