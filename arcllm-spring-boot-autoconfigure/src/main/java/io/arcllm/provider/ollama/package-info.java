/**
 * How Ollama writes a question and an answer.
 */
@NullMarked
package io.arcllm.provider.ollama;

import org.jspecify.annotations.NullMarked;
