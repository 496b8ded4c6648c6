/**
 * What a call to a model is: provider, request, response, event, messages, errors.
 */
@NullMarked
package io.arcllm;

import org.jspecify.annotations.NullMarked;
