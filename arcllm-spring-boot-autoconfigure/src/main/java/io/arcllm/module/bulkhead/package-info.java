/**
 * Bounds how many calls a target gets at once, with a fair queue before it.
 */
@NullMarked
package io.arcllm.module.bulkhead;

import org.jspecify.annotations.NullMarked;
