/**
 * What the sample application adds to a call when it is used as a gateway.
 */
@NullMarked
package io.arcllm.benchmarks.gateway;

import org.jspecify.annotations.NullMarked;
