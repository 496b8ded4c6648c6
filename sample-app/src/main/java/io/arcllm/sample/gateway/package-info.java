/**
 * Speaks OpenAI's chat completions to whoever asks, and answers through the whole stack.
 */
@NullMarked
package io.arcllm.sample.gateway;

import org.jspecify.annotations.NullMarked;
