/**
 * How long an attempt may be silent.
 */
@NullMarked
package io.arcllm.module.timeout;

import org.jspecify.annotations.NullMarked;
