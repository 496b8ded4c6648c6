/**
 * What a vendor says went wrong, and when it may be tried again.
 */
@NullMarked
package io.arcllm.provider.error;

import org.jspecify.annotations.NullMarked;
