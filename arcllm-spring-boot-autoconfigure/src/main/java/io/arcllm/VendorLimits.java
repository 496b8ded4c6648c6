package io.arcllm;

import org.jspecify.annotations.Nullable;

/**
 * What a vendor says is left of its limits, as read from the headers of an answer.
 *
 * @param remainingRequests requests that may still be sent, where it says so
 * @param remainingTokens tokens that may still be used, where it says so
 */
public record VendorLimits(@Nullable Long remainingRequests, @Nullable Long remainingTokens) {
}
