/**
 * Asks a second target when the first is slow, and takes the one that speaks first.
 */
@NullMarked
package io.arcllm.module.hedge;

import org.jspecify.annotations.NullMarked;
