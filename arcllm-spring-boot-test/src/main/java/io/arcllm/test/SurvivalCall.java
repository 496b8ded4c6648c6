package io.arcllm.test;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import io.arcllm.Attempt;
import io.arcllm.LlmEvent;
import io.arcllm.LlmException;
import io.arcllm.LlmProvider;
import io.arcllm.LlmRequest;
import io.arcllm.LlmResponse;
import io.arcllm.StopReason;
import io.arcllm.Trail;
import io.arcllm.test.vendor.Answers;
import io.arcllm.test.vendor.RecordedStream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * One call of a {@link SurvivalReport}: asks, waits for the end, and returns what the
 * caller saw.
 */
final class SurvivalCall {

	private static final JsonMapper JSON = JsonMapper.builder().build();

	private final LlmProvider llm;

	private final FakeVendors vendors;

	private final SurvivalWait waits;

	SurvivalCall(LlmProvider llm, FakeVendors vendors, SurvivalWait waits) {
		this.llm = llm;
		this.vendors = vendors;
		this.waits = waits;
	}

	/**
	 * @param prompt a different text for each call, so that no cache answers it
	 */
	Seen ask(String prompt, boolean streamed) {
		StringBuffer words = new StringBuffer();
		LlmRequest request = LlmRequest.of(prompt).withStreaming(streamed);
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
		Throwable failure = this.waits.until(call, words::length);
		LlmResponse answer = (call.isDone() && failure == null) ? call.join() : null;
		call.cancel(true);
		return new Seen(answer, failure, streamed ? words.toString() : null, asked(answer, failure));
	}

	/**
	 * The targets that were asked, from the trail; without a trail, from the number of
	 * requests of each vendor.
	 */
	private List<String> asked(@Nullable LlmResponse answer, @Nullable Throwable failure) {
		Trail trail = (answer != null) ? answer.trail()
				: (failure instanceof LlmException told) ? told.trail() : Trail.EMPTY;
		List<String> asked = new ArrayList<>();
		trail.attempts()
			.stream()
			.filter((attempt) -> attempt.outcome() != Attempt.Outcome.SKIPPED)
			.forEach((attempt) -> asked.add(attempt.target().toString()));
		if (asked.isEmpty()) {
			for (FakeVendor vendor : this.vendors.vendors()) {
				for (int i = 0; i < vendor.asked(); i++) {
					asked.add(vendor.name());
				}
			}
		}
		return List.copyOf(asked);
	}

	/**
	 * What the caller saw: an answer, a failure, or neither until the call counted as
	 * hung.
	 *
	 * @param words the deltas of a stream, joined
	 * @param asked the targets that were asked, in order
	 */
	record Seen(@Nullable LlmResponse answer, @Nullable Throwable failure, @Nullable String words, List<String> asked) {

		/** Whether it is the whole answer of a fake vendor, once, equal to the deltas. */
		boolean isWhole() {
			return this.answer != null && isSameAsDeltas(this.answer)
					&& (Answers.isWhole(this.answer.text()) || isCutByConfiguration(this.answer));
		}

		/** Whether the answer is the whole recorded stream, and nothing else. */
		boolean isWhole(RecordedStream recorded) {
			return this.answer != null && isSameAsDeltas(this.answer) && this.answer.text().equals(recorded.text())
					&& calls(this.answer).equals(calls(recorded));
		}

		/**
		 * Whether no partial answer was taken for a whole one: it is the whole recorded
		 * stream, another whole answer, the beginning with an end of its own, or a clean
		 * error.
		 */
		boolean isHonest(RecordedStream recorded) {
			return isCleanError() || isWhole(recorded) || isWhole() || (this.answer != null
					&& isSameAsDeltas(this.answer) && Answers.isGoneOnFrom(recorded.text(), this.answer.text()));
		}

		boolean isCleanError() {
			return this.failure instanceof LlmException;
		}

		private boolean isSameAsDeltas(LlmResponse answer) {
			return this.words == null || this.words.equals(answer.text());
		}

		private static boolean isCutByConfiguration(LlmResponse answer) {
			StopReason.Type stop = answer.stopReason().type();
			return !answer.text().isEmpty()
					&& (stop == StopReason.Type.MAX_TOKENS || stop == StopReason.Type.STOP_SEQUENCE);
		}

		private static List<String> calls(LlmResponse answer) {
			return answer.toolCalls().stream().map((call) -> call.name() + JSON.readTree(call.rawArguments())).toList();
		}

		private static List<String> calls(RecordedStream recorded) {
			return recorded.calls().stream().map((call) -> call.name() + JSON.readTree(call.arguments())).toList();
		}

		String describe(boolean whole) {
			if (this.answer != null) {
				String provider = this.answer.provider();
				return !whole ? "words that are not those of the answer"
						: provider.isEmpty() ? "the whole answer" : "the whole answer of " + provider;
			}
			return (this.failure instanceof LlmException told) ? "an error: " + told.kind() : (this.failure != null)
					? "a raw exception: " + this.failure.getClass().getSimpleName() : "nothing, for ever";
		}

	}

}
