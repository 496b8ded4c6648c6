package io.arcllm;

import java.math.BigDecimal;

/**
 * The cost of an answer or a call, by the configured prices.
 *
 * @param amount the sum
 * @param currency its ISO 4217 code
 */
public record Cost(BigDecimal amount, String currency) {
}
