package io.arcllm.module.budget;

import java.math.BigDecimal;
import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * The event that a budget is used up: all of it is spent, or a call was refused because
 * too little is left. Published once in each window, to {@code @EventListener}s.
 *
 * @param limit the name of the limit
 * @param subject the provider, model, tenant or label's value that is counted; empty for
 * all together
 * @param spent how much is spent
 * @param amount how much may be spent
 * @param currency of both
 * @param windowEnd when counting starts again; {@code null} for never
 */
public record BudgetExhausted(String limit, String subject, BigDecimal spent, BigDecimal amount, String currency,
		@Nullable Instant windowEnd) {
}
