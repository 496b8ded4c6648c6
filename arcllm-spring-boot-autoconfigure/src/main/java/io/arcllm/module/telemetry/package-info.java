/**
 * Shows calls and attempts to Micrometer, as observations and as meters.
 */
@NullMarked
package io.arcllm.module.telemetry;

import org.jspecify.annotations.NullMarked;
