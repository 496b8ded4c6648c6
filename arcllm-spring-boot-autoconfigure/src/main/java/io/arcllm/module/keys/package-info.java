/**
 * Asks the same target again with another key when one is refused.
 */
@NullMarked
package io.arcllm.module.keys;

import org.jspecify.annotations.NullMarked;
