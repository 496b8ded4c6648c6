package io.arcllm.module.circuitbreaker;

import io.arcllm.module.Refusal;
import org.jspecify.annotations.Nullable;

/**
 * What a breaker says to a call.
 *
 * @param era between two changes of state: a call that ends in a later one than it began
 * in says nothing about the target as it is now
 * @param refusal why not, where it is turned away
 */
record Admission(int era, @Nullable Refusal refusal) {
}
