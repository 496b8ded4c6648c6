/**
 * Limits how many calls a target gets at the same time, with a fair queue before it.
 */
@NullMarked
package io.arcllm.module.bulkhead;

import org.jspecify.annotations.NullMarked;
