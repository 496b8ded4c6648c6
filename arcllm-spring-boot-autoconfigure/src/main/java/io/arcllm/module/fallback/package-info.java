/**
 * Asks the next target of a chain when one fails.
 */
@NullMarked
package io.arcllm.module.fallback;

import org.jspecify.annotations.NullMarked;
