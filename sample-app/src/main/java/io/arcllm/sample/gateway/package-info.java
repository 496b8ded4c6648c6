/**
 * Speaks OpenAI's chat completions to any client, and answers through the whole stack.
 */
@NullMarked
package io.arcllm.sample.gateway;

import org.jspecify.annotations.NullMarked;
