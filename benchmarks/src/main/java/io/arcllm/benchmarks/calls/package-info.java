/**
 * What a whole call over loopback costs, beside other clients.
 */
@NullMarked
package io.arcllm.benchmarks.calls;

import org.jspecify.annotations.NullMarked;
