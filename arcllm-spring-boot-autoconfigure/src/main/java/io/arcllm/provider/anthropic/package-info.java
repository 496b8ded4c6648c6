/**
 * How Anthropic writes requests and answers.
 */
@NullMarked
package io.arcllm.provider.anthropic;

import org.jspecify.annotations.NullMarked;
