/**
 * How vendors with OpenAI's format write requests and answers.
 */
@NullMarked
package io.arcllm.provider.openai;

import org.jspecify.annotations.NullMarked;
