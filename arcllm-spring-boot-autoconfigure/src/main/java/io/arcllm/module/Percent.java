package io.arcllm.module;

/**
 * A share of something, written {@code 50%} or {@code 0.5}.
 *
 * @param ratio between 0 and 1
 */
public record Percent(double ratio) {

	public Percent {
		if (!(ratio >= 0 && ratio <= 1)) {
			throw new IllegalArgumentException("a percentage must be between 0% and 100%, was " + ratio * 100 + "%");
		}
	}

	/**
	 * Parses the written form.
	 */
	public static Percent of(String text) {
		String number = text.trim();
		boolean percent = number.endsWith("%");
		try {
			double value = Double.parseDouble(percent ? number.substring(0, number.length() - 1).trim() : number);
			return new Percent(percent ? value / 100 : value);
		}
		catch (NumberFormatException ex) {
			throw new IllegalArgumentException("'" + text + "' is not a percentage: write '50%' or '0.5'", ex);
		}
	}

	@Override
	public String toString() {
		double percent = Math.round(this.ratio * 1_000_000) / 10_000.0;
		return ((percent == Math.rint(percent)) ? String.valueOf((long) percent) : String.valueOf(percent)) + "%";
	}

}
