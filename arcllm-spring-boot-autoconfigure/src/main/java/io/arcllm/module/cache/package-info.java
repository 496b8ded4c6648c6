/**
 * Keeps whole answers, and gives them to equal calls.
 */
@NullMarked
package io.arcllm.module.cache;

import org.jspecify.annotations.NullMarked;
