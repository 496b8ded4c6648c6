/**
 * A real application on the starter: asks, and shows how the call survived.
 */
@NullMarked
package io.arcllm.sample;

import org.jspecify.annotations.NullMarked;
