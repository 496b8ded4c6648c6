package io.arcllm;

import java.math.BigDecimal;

/**
 * What an answer cost, by the configured prices.
 *
 * @param amount the sum
 * @param currency its ISO 4217 code
 */
public record Cost(BigDecimal amount, String currency) {
}
