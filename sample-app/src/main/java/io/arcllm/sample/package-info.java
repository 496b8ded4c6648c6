/**
 * A real application on the starter: it asks, and shows how calls survive.
 */
@NullMarked
package io.arcllm.sample;

import org.jspecify.annotations.NullMarked;
