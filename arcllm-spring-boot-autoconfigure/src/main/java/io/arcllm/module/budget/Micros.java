package io.arcllm.module.budget;

import java.math.BigDecimal;
import java.math.RoundingMode;

/**
 * Money as whole millionths of its currency, so that sums are exact.
 */
final class Micros {

	private static final int DIGITS = 6;

	private Micros() {
	}

	/** Rounds up, so that many small costs do not count as 0. */
	static long ceil(BigDecimal amount) {
		return amount.movePointRight(DIGITS).setScale(0, RoundingMode.CEILING).longValueExact();
	}

	/** Rounds down. */
	static long floor(BigDecimal amount) {
		return amount.movePointRight(DIGITS).setScale(0, RoundingMode.FLOOR).longValueExact();
	}

	static BigDecimal amount(long micros) {
		BigDecimal amount = BigDecimal.valueOf(micros, DIGITS).stripTrailingZeros();
		return (amount.scale() < 2) ? amount.setScale(2) : amount;
	}

}
