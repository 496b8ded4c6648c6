package io.arcllm.test;

import java.util.List;
import java.util.Locale;

import io.arcllm.LlmProvider;
import org.jspecify.annotations.Nullable;

/**
 * Shows what the users of an application see when its vendors fail in sixteen ways, each
 * for a whole and a streamed call, and when its primary vendor answers with recorded
 * streams of real vendors, complete and cut, with the application's own configuration.
 * With {@link ArcllmTime} installed, waits pass at once; without it, they take their real
 * time. Not safe for use by several threads.
 */
public final class SurvivalReport {

	private final LlmProvider llm;

	private final FakeVendors vendors;

	private final String primary;

	private final @Nullable ArcllmTime time;

	private final long seed;

	private final List<Row> rows;

	private SurvivalReport(LlmProvider llm, FakeVendors vendors, String primary, @Nullable ArcllmTime time, long seed,
			List<Row> rows) {
		this.llm = llm;
		this.vendors = vendors;
		this.primary = primary;
		this.time = time;
		this.seed = seed;
		this.rows = List.copyOf(rows);
	}

	/**
	 * The result of one failure, or of one recorded stream.
	 *
	 * @param name its name in the table
	 * @param failure how the vendor failed; {@code null} for a recorded stream
	 * @param streamed whether the answer was requested as a stream
	 * @param survived whether the caller got the right result: the whole answer once, or
	 * a clean error if no answer is possible
	 * @param seen what the caller saw, in a few words
	 * @param asked the targets that were asked, in order
	 * @param requests how many requests all vendors got
	 */
	public record Row(String name, @Nullable Failure failure, boolean streamed, boolean survived, String seen,
			List<String> asked, int requests) {
	}

	/**
	 * A report on calls through this provider. The vendor of the provider's name is the
	 * one that fails.
	 * @param llm the provider that the application injects, or anything that asks the
	 * vendors, such as another library's client
	 * @param vendors the vendors behind it
	 */
	public static SurvivalReport of(LlmProvider llm, FakeVendors vendors) {
		return new SurvivalReport(llm, vendors, llm.name(), null, 0, List.of());
	}

	/**
	 * Sets the vendor that fails, if its name differs from the provider's.
	 */
	public SurvivalReport primary(String vendor) {
		return new SurvivalReport(this.llm, this.vendors, vendor, this.time, this.seed, this.rows);
	}

	/**
	 * Sets the seed of the order of failures and of the cuts of streams. The same seed
	 * gives the same order, cuts and trails.
	 */
	public SurvivalReport seed(long seed) {
		return new SurvivalReport(this.llm, this.vendors, this.primary, this.time, seed, this.rows);
	}

	/**
	 * Sets the time with which waits pass at once, without {@code @ArcllmTest}.
	 */
	public SurvivalReport time(ArcllmTime time) {
		return new SurvivalReport(this.llm, this.vendors, this.primary, time, this.seed, this.rows);
	}

	/**
	 * Makes the failures one after the other; the vendors are healthy again after each.
	 * @return a report with its rows
	 * @throws IllegalArgumentException if there is no vendor of the primary's name
	 */
	public SurvivalReport run() {
		FakeVendor failing = this.vendors.of(this.primary);
		try (ArcllmTime shared = ArcllmTime.installed()) {
			SurvivalWait waits = new SurvivalWait(this.vendors, (this.time != null) ? this.time : shared);
			List<Row> rows = new SurvivalRun(this.llm, this.vendors, failing, waits, this.seed).rows();
			return new SurvivalReport(this.llm, this.vendors, this.primary, this.time, this.seed, rows);
		}
	}

	/**
	 * One row for each failure, whole and streamed, in the order of {@link Failure}, then
	 * the rows of recorded streams; none before {@link #run()}.
	 */
	public List<Row> rows() {
		return this.rows;
	}

	/** Whether everything was survived. */
	public boolean isSurvived() {
		return !this.rows.isEmpty() && this.rows.stream().allMatch(Row::survived);
	}

	/**
	 * The table.
	 */
	@Override
	public String toString() {
		int widest = this.rows.stream().mapToInt((row) -> row.name().length()).max().orElse(0);
		String columns = "%-" + Math.max(widest, "failure".length()) + "s  %-8s  %-8s  %-42s  %s%n";
		StringBuilder table = new StringBuilder();
		table.append(String.format(columns, "failure", "asked as", "survived", "what users see", "targets asked"));
		for (Row row : this.rows) {
			table.append(String.format(columns, row.name(), row.streamed() ? "stream" : "whole",
					row.survived() ? "yes" : "NO", row.seen(), String.join(", ", row.asked())));
		}
		long survived = this.rows.stream().filter(Row::survived).count();
		return table.append(survived).append(" of ").append(this.rows.size()).append(" survived").toString();
	}

	/**
	 * The ways in which vendors fail.
	 */
	public enum Failure {

		/** 429 once. */
		RATE_LIMITED,

		/** 429 that names a wait. */
		RATE_LIMITED_FOR_A_WHILE,

		/** 500 once. */
		SERVER_ERROR,

		/** The connection is reset before the headers. */
		RESET,

		/** Nothing comes. */
		SILENCE,

		/** The first word comes after half a minute. */
		LATE_FIRST_WORD,

		/** The connection closes in the middle of the answer. */
		CUT,

		/** Nothing more comes in the middle of the answer. */
		STALL,

		/** Something that is not JSON comes in the middle of the answer. */
		MALFORMED,

		/** The answer ends without a stop reason. */
		NO_END,

		/** The marker after the end is missing. */
		NO_MARKER,

		/** The request is too long for the primary target. */
		CONTEXT_LENGTH,

		/** The vendor is overloaded for minutes. */
		OVERLOADED,

		/** All vendors are down: a clean error is right. */
		ALL_DOWN,

		/** The vendor's filter refuses: a clean error is right. */
		CONTENT_FILTER,

		/** The vendor is down and comes back: it is asked again. */
		COMES_BACK;

		/** Its name in the table. */
		public String label() {
			return name().toLowerCase(Locale.ROOT).replace('_', ' ');
		}

		/** Whether no answer is possible. */
		boolean isHopeless() {
			return this == ALL_DOWN || this == CONTENT_FILTER;
		}

	}

}
