/**
 * How Ollama writes requests and answers.
 */
@NullMarked
package io.arcllm.provider.ollama;

import org.jspecify.annotations.NullMarked;
