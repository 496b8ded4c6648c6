/**
 * Makes a failed request again after a wait, by Spring Retry's policies.
 */
@NullMarked
package io.arcllm.module.retry;

import org.jspecify.annotations.NullMarked;
