/**
 * Asks a second target when the first one is slow, and uses the one that answers first.
 */
@NullMarked
package io.arcllm.module.hedge;

import org.jspecify.annotations.NullMarked;
