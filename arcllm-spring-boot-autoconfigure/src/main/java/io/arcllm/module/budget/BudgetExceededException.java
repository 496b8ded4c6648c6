package io.arcllm.module.budget;

import java.math.BigDecimal;
import java.time.Duration;

import io.arcllm.ErrorKind;
import io.arcllm.LlmException;
import io.arcllm.Target;
import org.jspecify.annotations.Nullable;

/**
 * A call was refused because it may cost more than is left of a budget, or because its
 * price is not known. Nothing was sent. Has no stack trace, so that refusing is cheap.
 */
public class BudgetExceededException extends LlmException {

	private final String limit;

	private final transient @Nullable BigDecimal spent;

	private final transient @Nullable BigDecimal amount;

	private final String reason;

	private final boolean passesOn;

	BudgetExceededException(Target target, String limit, @Nullable BigDecimal spent, @Nullable BigDecimal amount,
			String reason, @Nullable Duration retryAfter, boolean passesOn) {
		super(LlmException.of(ErrorKind.BUDGET_EXCEEDED, reason).target(target).retryAfter(retryAfter).details(),
				target + " was not asked: " + reason, null);
		this.limit = limit;
		this.spent = spent;
		this.amount = amount;
		this.reason = reason;
		this.passesOn = passesOn;
	}

	/** The reason in a few words, for the trail. */
	String reason() {
		return this.reason;
	}

	/**
	 * The name of the limit, or {@code max-per-call} or {@code unknown-price}.
	 */
	public String limit() {
		return this.limit;
	}

	/** How much was spent; {@code null} if the price is not known. */
	public @Nullable BigDecimal spent() {
		return this.spent;
	}

	/** How much may be spent; {@code null} if the price is not known. */
	public @Nullable BigDecimal amount() {
		return this.amount;
	}

	/**
	 * Whether the next target may be asked: only with {@code action: fallback}.
	 */
	@Override
	public boolean failsOver() {
		return this.passesOn;
	}

	@Override
	public Throwable fillInStackTrace() {
		return this;
	}

}
