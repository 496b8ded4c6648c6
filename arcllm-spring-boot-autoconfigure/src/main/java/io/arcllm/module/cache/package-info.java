/**
 * Keeps whole answers, and returns them for equal calls.
 */
@NullMarked
package io.arcllm.module.cache;

import org.jspecify.annotations.NullMarked;
