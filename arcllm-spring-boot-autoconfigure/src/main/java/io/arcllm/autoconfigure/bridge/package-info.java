/**
 * Beans for other libraries: their models as targets, and our stack as their model.
 */
@NullMarked
package io.arcllm.autoconfigure.bridge;

import org.jspecify.annotations.NullMarked;
