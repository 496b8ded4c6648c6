package io.arcllm.test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Random;

import io.arcllm.LlmProvider;
import org.jspecify.annotations.Nullable;

/**
 * What the users of an application see when its vendors fail in the sixteen ways that
 * such systems meet, each whole and streamed, with the application's own configuration.
 * With {@link ArcllmTime} installed, waits pass at once; without, they take their time.
 */
public final class SurvivalReport {

	private final LlmProvider llm;

	private final FakeVendors vendors;

	private @Nullable ArcllmTime time;

	private long seed;

	private List<Row> rows = List.of();

	private SurvivalReport(LlmProvider llm, FakeVendors vendors) {
		this.llm = llm;
		this.vendors = vendors;
	}

	/**
	 * What one failure did.
	 *
	 * @param failure how the vendor failed
	 * @param streamed whether the answer was asked for as a stream
	 * @param survived whether the caller got what is right: the whole answer once, or a
	 * clean error where no answer can be had
	 * @param seen what the caller saw, in a few words
	 * @param asked the targets that were asked, in order
	 */
	public record Row(Failure failure, boolean streamed, boolean survived, String seen, List<String> asked) {
	}

	/**
	 * A report on calls through this provider.
	 * @param llm the provider that the application injects
	 * @param vendors the vendors behind it
	 */
	public static SurvivalReport of(LlmProvider llm, FakeVendors vendors) {
		return new SurvivalReport(llm, vendors);
	}

	/** Orders the failures at random: the same seed gives the same order and trails. */
	public SurvivalReport seed(long seed) {
		this.seed = seed;
		return this;
	}

	/** Lets waits pass at once. */
	public SurvivalReport time(ArcllmTime time) {
		this.time = time;
		return this;
	}

	/**
	 * Makes the failures one after the other, and the vendors healthy again after each.
	 */
	public SurvivalReport run() {
		List<Row> rows = new ArrayList<>();
		List<Failure> failures = new ArrayList<>(List.of(Failure.values()));
		Collections.shuffle(failures, new Random(this.seed));
		try (ArcllmTime shared = ArcllmTime.installed()) {
			SurvivalCall call = new SurvivalCall(this.llm, this.vendors, (this.time != null) ? this.time : shared);
			for (Failure failure : failures) {
				rows.add(call.row(failure, false));
				rows.add(call.row(failure, true));
			}
		}
		rows.sort(Comparator.comparing(Row::failure).thenComparing(Row::streamed));
		this.rows = List.copyOf(rows);
		return this;
	}

	/**
	 * One row a failure and way of asking, in the order of {@link Failure}; none before
	 * {@link #run()}.
	 */
	public List<Row> rows() {
		return this.rows;
	}

	/** Whether all failures were survived in both ways. */
	public boolean isSurvived() {
		return !this.rows.isEmpty() && this.rows.stream().allMatch(Row::survived);
	}

	/**
	 * The table.
	 */
	@Override
	public String toString() {
		StringBuilder table = new StringBuilder();
		table.append(String.format("%-28s %-9s %-9s %-44s %s%n", "failure", "asked as", "survived", "what users see",
				"targets asked"));
		for (Row row : this.rows) {
			table.append(String.format("%-28s %-9s %-9s %-44s %s%n", row.failure().label(),
					row.streamed() ? "stream" : "whole", row.survived() ? "yes" : "NO", row.seen(),
					String.join(", ", row.asked())));
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

		/** 429 that asks for a wait. */
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

		/** The answer ends without a reason to stop. */
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

		/** As it is written in the table. */
		public String label() {
			return name().toLowerCase(Locale.ROOT).replace('_', ' ');
		}

		/** Whether no answer can be had. */
		boolean isHopeless() {
			return this == ALL_DOWN || this == CONTENT_FILTER;
		}

	}

	/** How long a call may take before it counts as hung. */
	static final Duration LONGEST = Duration.ofMinutes(15);

}
