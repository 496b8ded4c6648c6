/**
 * How many calls are answered, at what price, while vendors fail.
 */
@NullMarked
package io.arcllm.benchmarks.storm;

import org.jspecify.annotations.NullMarked;
