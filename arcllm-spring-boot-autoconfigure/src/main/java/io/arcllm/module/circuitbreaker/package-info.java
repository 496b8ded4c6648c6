/**
 * Stops asking a target that is down, and finds out when it is back.
 */
@NullMarked
package io.arcllm.module.circuitbreaker;

import org.jspecify.annotations.NullMarked;
