/**
 * How vendors that speak OpenAI's format write a question and an answer.
 */
@NullMarked
package io.arcllm.provider.openai;

import org.jspecify.annotations.NullMarked;
