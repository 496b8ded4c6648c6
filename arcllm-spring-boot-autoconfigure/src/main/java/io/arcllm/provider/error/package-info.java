/**
 * Reads and classifies vendors' errors, and finds out when a request may be tried again.
 */
@NullMarked
package io.arcllm.provider.error;

import org.jspecify.annotations.NullMarked;
