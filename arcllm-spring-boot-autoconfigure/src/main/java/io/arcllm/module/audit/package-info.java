/**
 * Records each call, whatever its end, without delaying it.
 */
@NullMarked
package io.arcllm.module.audit;

import org.jspecify.annotations.NullMarked;
