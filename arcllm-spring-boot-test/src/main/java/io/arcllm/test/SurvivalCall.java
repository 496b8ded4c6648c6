package io.arcllm.test;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import io.arcllm.Attempt;
import io.arcllm.LlmEvent;
import io.arcllm.LlmException;
import io.arcllm.LlmProvider;
import io.arcllm.LlmRequest;
import io.arcllm.LlmResponse;
import io.arcllm.Trail;
import io.arcllm.test.SurvivalReport.Failure;
import io.arcllm.test.SurvivalReport.Row;
import io.arcllm.test.vendor.Fault;
import org.jspecify.annotations.Nullable;

/**
 * Makes one failure and one call, and tells what the caller saw.
 */
final class SurvivalCall {

	private static final Duration STEP = Duration.ofSeconds(1);

	private static final long REAL_STEP_MILLIS = 30;

	private static final Duration UNTIL_BACK = Duration.ofMinutes(6);

	private final LlmProvider llm;

	private final FakeVendors vendors;

	private final @Nullable ArcllmTime time;

	SurvivalCall(LlmProvider llm, FakeVendors vendors, @Nullable ArcllmTime time) {
		this.llm = llm;
		this.vendors = vendors;
		this.time = time;
	}

	Row row(Failure failure, boolean streamed) {
		this.vendors.reset();
		pass(UNTIL_BACK);
		FakeVendor primary = this.vendors.of(this.llm.name());
		fail(failure, primary);
		Seen seen = ask(streamed);
		if (failure == Failure.COMES_BACK) {
			primary.heal();
			pass(UNTIL_BACK);
			Seen again = ask(streamed);
			boolean back = again.answer() != null && again.answer().provider().equals(primary.name());
			return row(failure, streamed, seen.isWhole() && again.isWhole() && back, again);
		}
		return row(failure, streamed, failure.isHopeless() ? seen.isCleanError() : seen.isWhole(), seen);
	}

	private static Row row(Failure failure, boolean streamed, boolean survived, Seen seen) {
		return new Row(failure, streamed, survived, seen.describe(), seen.asked());
	}

	private void fail(Failure failure, FakeVendor primary) {
		switch (failure) {
			case RATE_LIMITED -> primary.set(Dial.of(Fault.RATE_LIMIT).retryAfter(0).times(1));
			case RATE_LIMITED_FOR_A_WHILE -> primary.set(Dial.of(Fault.RATE_LIMIT).retryAfter(1).times(1));
			case SERVER_ERROR -> primary.fail(Fault.SERVER_ERROR, 1);
			case RESET -> primary.fail(Fault.RESET, 1);
			case SILENCE -> primary.fail(Fault.SILENCE, 1);
			case LATE_FIRST_WORD -> primary.set(Dial.of(Fault.SLOW).delay(30).times(1));
			case CUT -> primary.fail(Fault.CUT, 1);
			case STALL -> primary.fail(Fault.STALL, 1);
			case MALFORMED -> primary.fail(Fault.MALFORMED, 1);
			case NO_END -> primary.fail(Fault.NO_END, 1);
			case NO_MARKER -> primary.fail(Fault.NO_MARKER, 1);
			case CONTEXT_LENGTH -> primary.fail(Fault.CONTEXT_LENGTH);
			case OVERLOADED, COMES_BACK -> primary.fail(Fault.OVERLOADED);
			case ALL_DOWN -> this.vendors.vendors().forEach((vendor) -> vendor.fail(Fault.UNAVAILABLE));
			case CONTENT_FILTER -> primary.fail(Fault.CONTENT_FILTER);
		}
	}

	private Seen ask(boolean streamed) {
		StringBuilder words = new StringBuilder();
		LlmRequest request = LlmRequest.of("Tell me how the words arrive").withStreaming(streamed);
		CompletableFuture<LlmResponse> call = this.llm.exchange(request).<LlmResponse>handle((event, sink) -> {
			if (event instanceof LlmEvent.TextDelta delta) {
				words.append(delta.text());
			}
			else if (event instanceof LlmEvent.Restarted) {
				words.setLength(0);
			}
			else if (event instanceof LlmEvent.Completed completed) {
				sink.next(completed.response());
			}
		}).next().toFuture();
		return await(call, words, streamed);
	}

	private Seen await(CompletableFuture<LlmResponse> call, StringBuilder words, boolean streamed) {
		for (Duration passed = Duration.ZERO; passed.compareTo(SurvivalReport.LONGEST) < 0; passed = passed
			.plus(STEP)) {
			try {
				LlmResponse answer = call.get((this.time != null) ? REAL_STEP_MILLIS : STEP.toMillis(),
						TimeUnit.MILLISECONDS);
				return new Seen(answer, null, words.toString(), streamed);
			}
			catch (TimeoutException ex) {
				pass(STEP);
			}
			catch (ExecutionException ex) {
				return new Seen(null, ex.getCause(), words.toString(), streamed);
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
				throw new IllegalStateException("Interrupted while waiting for the answer", ex);
			}
		}
		call.cancel(true);
		return new Seen(null, null, words.toString(), streamed);
	}

	private void pass(Duration time) {
		if (this.time != null) {
			this.time.advance(time);
		}
	}

	/**
	 * What the caller saw: an answer, a failure, or neither until the call counted as
	 * hung.
	 */
	private record Seen(@Nullable LlmResponse answer, @Nullable Throwable failure, String words, boolean streamed) {

		boolean isWhole() {
			return this.answer != null && !this.answer.text().isEmpty()
					&& (!this.streamed || this.words.equals(this.answer.text()));
		}

		boolean isCleanError() {
			return this.failure instanceof LlmException;
		}

		String describe() {
			if (this.answer != null) {
				return isWhole() ? "the whole answer of " + this.answer.provider()
						: "words that are not those of the answer";
			}
			return (this.failure instanceof LlmException failure) ? "an error: " + failure.kind()
					: (this.failure != null) ? "a raw exception: " + this.failure.getClass().getSimpleName()
							: "nothing, for ever";
		}

		List<String> asked() {
			Trail trail = (this.answer != null) ? this.answer.trail()
					: (this.failure instanceof LlmException failure) ? failure.trail() : Trail.EMPTY;
			return trail.attempts()
				.stream()
				.filter((attempt) -> attempt.outcome() != Attempt.Outcome.SKIPPED)
				.map((attempt) -> attempt.target().toString())
				.toList();
		}

	}

}
