/**
 * What a call to a model is: the public API.
 */
@NullMarked
package io.arcllm;

import org.jspecify.annotations.NullMarked;
