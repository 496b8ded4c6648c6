/**
 * JSON, token by token, for all formats.
 */
@NullMarked
package io.arcllm.provider.json;

import org.jspecify.annotations.NullMarked;
