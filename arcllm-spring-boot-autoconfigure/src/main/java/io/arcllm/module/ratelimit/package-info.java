/**
 * Keeps to a target's limit of requests and tokens a minute.
 */
@NullMarked
package io.arcllm.module.ratelimit;

import org.jspecify.annotations.NullMarked;
