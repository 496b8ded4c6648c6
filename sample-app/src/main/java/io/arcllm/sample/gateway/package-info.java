/**
 * The gateway: OpenAI's chat completions for any client, answered through the whole
 * stack.
 */
@NullMarked
package io.arcllm.sample.gateway;

import org.jspecify.annotations.NullMarked;
