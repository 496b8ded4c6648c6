/**
 * Recovers a stream that broke off.
 */
@NullMarked
package io.arcllm.module.fallback.recovery;

import org.jspecify.annotations.NullMarked;
