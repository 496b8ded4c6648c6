package io.arcllm.module.budget;

import java.math.BigDecimal;
import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * The level of one budget, for meters and the actuator.
 *
 * @param limit the name of the limit
 * @param scope what it counts together
 * @param subject the provider, model, tenant or label's value; empty for all together
 * @param spent how much is spent in this window
 * @param reserved how much is reserved for calls under way
 * @param amount how much may be spent
 * @param currency of all three
 * @param action what happens when it is used up
 * @param windowEnd when counting starts again; {@code null} for never
 */
public record BudgetStatus(String limit, String scope, String subject, BigDecimal spent, BigDecimal reserved,
		BigDecimal amount, String currency, BudgetLimit.Action action, @Nullable Instant windowEnd) {
}
