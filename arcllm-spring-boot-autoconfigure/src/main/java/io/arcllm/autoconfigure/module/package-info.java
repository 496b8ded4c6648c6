/**
 * The factories of single modules: bind their settings and keep their engines.
 */
@NullMarked
package io.arcllm.autoconfigure.module;

import org.jspecify.annotations.NullMarked;
