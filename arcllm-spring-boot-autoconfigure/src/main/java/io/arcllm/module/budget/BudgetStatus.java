package io.arcllm.module.budget;

import java.math.BigDecimal;
import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * How one budget stands, for meters and the actuator.
 *
 * @param limit the name of the limit
 * @param scope what it counts together
 * @param subject the provider, model, tenant or label's value; empty for all together
 * @param spent how much is spent in this window
 * @param reserved how much is held for calls under way
 * @param amount how much may be spent
 * @param currency of all three
 * @param action what happens when it is used up
 * @param windowEnd when it begins anew; {@code null} for never
 */
public record BudgetStatus(String limit, String scope, String subject, BigDecimal spent, BigDecimal reserved,
		BigDecimal amount, String currency, BudgetLimit.Action action, @Nullable Instant windowEnd) {
}
