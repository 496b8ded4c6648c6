package io.arcllm.module.budget;

import java.math.BigDecimal;
import java.time.Duration;

import io.arcllm.ErrorKind;
import io.arcllm.LlmException;
import io.arcllm.Target;
import org.jspecify.annotations.Nullable;

/**
 * A call would have cost more than is left of a budget, or nothing is known of its price;
 * nothing was sent. Has no stack trace, so that refusing costs next to nothing.
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

	/** Why, in a few words for the trail. */
	String reason() {
		return this.reason;
	}

	/**
	 * The name of the limit; {@code max-per-call} and {@code unknown-price} are two more.
	 */
	public String limit() {
		return this.limit;
	}

	/** How much was spent, where it is a matter of that. */
	public @Nullable BigDecimal spent() {
		return this.spent;
	}

	/** How much may be spent, where it is a matter of that. */
	public @Nullable BigDecimal amount() {
		return this.amount;
	}

	/**
	 * With {@code action: fallback}, the next target may be asked.
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
