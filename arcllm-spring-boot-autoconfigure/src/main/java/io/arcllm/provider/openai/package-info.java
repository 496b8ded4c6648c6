/**
 * How OpenAI writes a question and an answer: pure, no I/O.
 */
@NullMarked
package io.arcllm.provider.openai;

import org.jspecify.annotations.NullMarked;
