/**
 * The keys of requests.
 */
@NullMarked
package io.arcllm.provider.key;

import org.jspecify.annotations.NullMarked;
