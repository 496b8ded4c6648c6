/**
 * Shows what runs in the actuator, and lets operators change it.
 */
@NullMarked
package io.arcllm.autoconfigure.actuator;

import org.jspecify.annotations.NullMarked;
