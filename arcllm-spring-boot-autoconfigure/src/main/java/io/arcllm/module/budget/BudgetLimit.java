package io.arcllm.module.budget;

import java.math.BigDecimal;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Currency;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

import io.arcllm.module.Percent;
import org.jspecify.annotations.Nullable;

/**
 * One limit of money in a window of time.
 *
 * @param name its name in errors, events, meters and the actuator; if unset, its scope
 * and window, such as tenant-day
 * @param scope what is counted together: global, or each provider, model, tenant or value
 * of a label (label:key) separately; global if unset
 * @param window when counting starts again: with each hour, day, week or month, or total
 * for never; month if unset
 * @param zone the time zone of its windows; UTC if unset
 * @param amount how much may be spent in a window
 * @param currency the currency of the amount, an ISO 4217 code; USD if unset. Prices have
 * the same currency
 * @param action what happens when it is used up: block, warn or fallback; block if unset
 * @param warnAt the shares of the amount at which a warning is published
 */
public record BudgetLimit(String name, BudgetScope scope, BudgetWindow window, ZoneId zone, BigDecimal amount,
		String currency, Action action, List<Percent> warnAt) {

	/** The currency of prices if no limit sets another one. */
	public static final String DEFAULT_CURRENCY = "USD";

	/** The largest amount of a limit, in units of the currency. */
	private static final BigDecimal MOST = BigDecimal.valueOf(1_000_000_000_000L);

	/**
	 * What happens when a limit is used up.
	 */
	public enum Action {

		/** Calls are refused. */
		BLOCK,

		/** Only a warning is published. */
		WARN,

		/** The chain passes over the target. */
		FALLBACK

	}

	/**
	 * Fills in defaults.
	 */
	public BudgetLimit(@Nullable String name, @Nullable BudgetScope scope, @Nullable BudgetWindow window,
			@Nullable ZoneId zone, @Nullable BigDecimal amount, @Nullable String currency, @Nullable Action action,
			@Nullable List<Percent> warnAt) {
		this.scope = (scope == null) ? new BudgetScope(BudgetScope.Kind.GLOBAL, null) : scope;
		this.window = (window == null) ? BudgetWindow.MONTH : window;
		this.name = (name == null || name.isBlank()) ? this.scope + "-" + this.window.name().toLowerCase(Locale.ROOT)
				: name.trim();
		this.zone = (zone == null) ? ZoneOffset.UTC : zone;
		check(amount != null, "a limit of the budget needs an amount: '" + this.name + "' has none");
		this.amount = Objects.requireNonNull(amount);
		this.currency = code(currency);
		this.action = (action == null) ? Action.BLOCK : action;
		this.warnAt = (warnAt == null) ? List.of() : List.copyOf(warnAt);
		check(isAmount(amount), "amount must be between 0 and 1000000000000, was " + amount);
		check(this.action != Action.FALLBACK || this.scope.isOfAttempts(), "action: fallback of the limit '" + this.name
				+ "' needs scope: provider or model, since no other target would help with scope: " + this.scope);
	}

	static boolean isAmount(BigDecimal amount) {
		return amount.signum() >= 0 && amount.compareTo(MOST) <= 0;
	}

	private static String code(@Nullable String currency) {
		String code = (currency == null || currency.isBlank()) ? DEFAULT_CURRENCY
				: currency.trim().toUpperCase(Locale.ROOT);
		try {
			return Currency.getInstance(code).getCurrencyCode();
		}
		catch (IllegalArgumentException ex) {
			throw new IllegalArgumentException("currency must be an ISO 4217 code such as USD, was '" + code + "'", ex);
		}
	}

	private static void check(boolean right, String message) {
		if (!right) {
			throw new IllegalArgumentException(message);
		}
	}

	/** The amount in millionths. */
	long micros() {
		return Micros.floor(this.amount);
	}

}
