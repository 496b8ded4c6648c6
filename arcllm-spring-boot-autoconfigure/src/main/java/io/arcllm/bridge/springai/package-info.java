/**
 * Spring AI: a stack as its chat model, and its chat models as targets.
 */
@NullMarked
package io.arcllm.bridge.springai;

import org.jspecify.annotations.NullMarked;
