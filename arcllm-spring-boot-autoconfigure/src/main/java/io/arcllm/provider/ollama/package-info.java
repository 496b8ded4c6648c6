/**
 * How Ollama writes a question and an answer: pure, no I/O.
 */
@NullMarked
package io.arcllm.provider.ollama;

import org.jspecify.annotations.NullMarked;
