/**
 * Which key a request carries.
 */
@NullMarked
package io.arcllm.provider.key;

import org.jspecify.annotations.NullMarked;
