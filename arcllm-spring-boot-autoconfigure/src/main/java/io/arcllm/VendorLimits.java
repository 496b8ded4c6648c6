package io.arcllm;

import org.jspecify.annotations.Nullable;

/**
 * What is left of a vendor's limits, as read from the headers of an answer.
 *
 * @param remainingRequests requests that may still be sent; {@code null} where the vendor
 * does not say
 * @param remainingTokens tokens that may still be used; {@code null} where the vendor
 * does not say
 */
public record VendorLimits(@Nullable Long remainingRequests, @Nullable Long remainingTokens) {
}
