package io.arcllm.test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;

import io.arcllm.LlmProvider;
import io.arcllm.test.SurvivalCall.Seen;
import io.arcllm.test.SurvivalReport.Failure;
import io.arcllm.test.SurvivalReport.Row;
import io.arcllm.test.vendor.Fault;
import io.arcllm.test.vendor.RecordedStream;

/**
 * Makes the failures of a {@link SurvivalReport} one after the other, each with a call of
 * its own.
 */
final class SurvivalRun {

	private static final Duration UNTIL_BACK = Duration.ofMinutes(6);

	private static final Duration UNTIL_FORGOTTEN = Duration.ofDays(1);

	/**
	 * The number of healthy calls before a failure, after which breakers and hedges know
	 * a healthy vendor.
	 */
	private static final int GOOD_CALLS = 12;

	private static final int GOOD_CALLS_FIRST = 48;

	private final FakeVendors vendors;

	private final FakeVendor primary;

	private final SurvivalWait waits;

	private final SurvivalCall call;

	private final Random random;

	private final long seed;

	private int asked;

	/**
	 * @param primary the vendor that fails
	 */
	SurvivalRun(LlmProvider llm, FakeVendors vendors, FakeVendor primary, SurvivalWait waits, long seed) {
		this.vendors = vendors;
		this.primary = primary;
		this.waits = waits;
		this.call = new SurvivalCall(llm, vendors, waits);
		this.random = new Random(seed);
		this.seed = seed;
	}

	List<Row> rows() {
		warmUp();
		List<Failure> failures = new ArrayList<>(List.of(Failure.values()));
		Collections.shuffle(failures, this.random);
		List<Row> rows = new ArrayList<>();
		for (Failure failure : failures) {
			rows.add(row(failure, false));
			rows.add(row(failure, true));
		}
		rows.sort(Comparator.comparing(Row::failure).thenComparing(Row::streamed));
		for (RecordedStream stream : RecordedStream.all()) {
			if (stream.format().equals(this.primary.format())) {
				rows.add(row(stream));
				rows.add(row(stream.cutAfter(1 + this.random.nextInt(stream.body().length - 1))));
			}
		}
		this.vendors.reset();
		return rows;
	}

	/** Brings each target of the chain into the same state each time. */
	private void warmUp() {
		this.vendors.reset();
		this.waits.pass(UNTIL_FORGOTTEN);
		goodCalls(GOOD_CALLS_FIRST);
		FakeVendor last = this.primary;
		for (int others = 1; others < this.vendors.vendors().size() && last.asked() > 0; others++) {
			// a refusal that counts on no breaker
			last.fail(Fault.CONTEXT_LENGTH);
			this.vendors.vendors().forEach(FakeVendor::forgetAsked);
			goodCalls(2 * GOOD_CALLS);
			FakeVendor tired = last;
			last = this.vendors.vendors()
				.stream()
				.filter((vendor) -> vendor.asked() > 0 && vendor.isHealthy())
				.findFirst()
				.orElse(tired);
		}
	}

	private void recover() {
		this.vendors.reset();
		this.waits.pass(UNTIL_BACK);
		goodCalls(GOOD_CALLS);
		this.vendors.reset();
		this.vendors.seed(this.seed + this.asked);
	}

	private void goodCalls(int calls) {
		for (int i = 0; i < calls; i++) {
			ask("a good day", i % 2 == 0);
		}
	}

	private Row row(Failure failure, boolean streamed) {
		recover();
		fail(failure);
		Seen seen = ask(failure.label(), streamed);
		boolean whole = seen.isWhole();
		boolean survived = failure.isHopeless() ? seen.isCleanError() : whole;
		if (failure == Failure.COMES_BACK) {
			this.primary.heal();
			this.waits.pass(UNTIL_BACK);
			int before = this.primary.asked();
			seen = ask(failure.label() + " again", streamed);
			whole = seen.isWhole();
			survived = survived && whole && this.primary.asked() > before;
		}
		return new Row(failure.label(), failure, streamed, survived, seen.describe(whole),
				(failure == Failure.ALL_DOWN) ? byTarget(seen.asked()) : seen.asked(), requests());
	}

	/**
	 * Sorted by target, because the order of a hedge and a retry at the same time is
	 * random.
	 */
	private static List<String> byTarget(List<String> asked) {
		return asked.stream().sorted(Comparator.comparingInt(asked::indexOf)).toList();
	}

	private Row row(RecordedStream stream) {
		recover();
		this.primary.replay(stream);
		Seen seen = ask(stream.toString(), true);
		boolean whole = stream.cut() ? seen.isHonest(stream) : seen.isWhole(stream);
		return new Row("recorded: " + stream, null, true, whole, seen.describe(whole), seen.asked(), requests());
	}

	private Seen ask(String why, boolean streamed) {
		String prompt = "Tell me how the words arrive, " + why + ", question " + ++this.asked;
		return this.call.ask(prompt, streamed);
	}

	private int requests() {
		return this.vendors.vendors().stream().mapToInt(FakeVendor::asked).sum();
	}

	private void fail(Failure failure) {
		switch (failure) {
			case RATE_LIMITED -> this.primary.set(Dial.of(Fault.RATE_LIMIT).retryAfter(0).times(1));
			case RATE_LIMITED_FOR_A_WHILE -> this.primary.set(Dial.of(Fault.RATE_LIMIT).retryAfter(1).times(1));
			case SERVER_ERROR -> this.primary.fail(Fault.SERVER_ERROR, 1);
			case RESET -> this.primary.fail(Fault.RESET, 1);
			case SILENCE -> this.primary.fail(Fault.SILENCE, 1);
			case LATE_FIRST_WORD -> this.primary.set(Dial.of(Fault.SLOW).delay(30).times(1));
			case CUT -> this.primary.fail(Fault.CUT, 1);
			case STALL -> this.primary.fail(Fault.STALL, 1);
			case MALFORMED -> this.primary.fail(Fault.MALFORMED, 1);
			case NO_END -> this.primary.fail(Fault.NO_END, 1);
			case NO_MARKER -> this.primary.fail(Fault.NO_MARKER, 1);
			case CONTEXT_LENGTH -> this.primary.fail(Fault.CONTEXT_LENGTH);
			case OVERLOADED, COMES_BACK -> this.primary.fail(Fault.OVERLOADED);
			case ALL_DOWN -> this.vendors.vendors().forEach((vendor) -> vendor.fail(Fault.UNAVAILABLE));
			case CONTENT_FILTER -> this.primary.fail(Fault.CONTENT_FILTER);
		}
	}

}
