/**
 * How Anthropic writes a question and an answer.
 */
@NullMarked
package io.arcllm.provider.anthropic;

import org.jspecify.annotations.NullMarked;
