/**
 * Shows what runs, and lets platform engineers step in.
 */
@NullMarked
package io.arcllm.autoconfigure.actuator;

import org.jspecify.annotations.NullMarked;
