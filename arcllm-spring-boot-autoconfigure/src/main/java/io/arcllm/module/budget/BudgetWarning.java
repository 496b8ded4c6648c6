package io.arcllm.module.budget;

import java.math.BigDecimal;
import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * The event that a share of a budget is spent. Published once in each window for each of
 * the shares in {@code warn-at}, to {@code @EventListener}s.
 *
 * @param limit the name of the limit
 * @param subject the provider, model, tenant or label's value that is counted; empty for
 * all together
 * @param share the share that was reached, between 0 and 1
 * @param spent how much is spent
 * @param amount how much may be spent
 * @param currency of both
 * @param windowEnd when counting starts again; {@code null} for never
 */
public record BudgetWarning(String limit, String subject, double share, BigDecimal spent, BigDecimal amount,
		String currency, @Nullable Instant windowEnd) {
}
