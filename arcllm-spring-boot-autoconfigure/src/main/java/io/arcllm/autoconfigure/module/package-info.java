/**
 * The factories of single modules: they bind settings, keep engines, and connect them to
 * stores.
 */
@NullMarked
package io.arcllm.autoconfigure.module;

import org.jspecify.annotations.NullMarked;
