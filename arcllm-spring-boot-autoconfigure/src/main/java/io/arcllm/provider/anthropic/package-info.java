/**
 * How Anthropic writes a question and an answer: pure, no I/O.
 */
@NullMarked
package io.arcllm.provider.anthropic;

import org.jspecify.annotations.NullMarked;
