/**
 * The factories of single modules: bind their settings, keep their engines, and connect
 * them to stores.
 */
@NullMarked
package io.arcllm.autoconfigure.module;

import org.jspecify.annotations.NullMarked;
