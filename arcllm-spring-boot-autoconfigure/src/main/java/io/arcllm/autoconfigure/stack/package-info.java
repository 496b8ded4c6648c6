/**
 * Makes providers, and puts modules around them.
 */
@NullMarked
package io.arcllm.autoconfigure.stack;

import org.jspecify.annotations.NullMarked;
