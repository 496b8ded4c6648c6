package io.arcllm.sample;

import java.time.Duration;
import java.util.List;
import java.util.Locale;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.arcllm.Attempt;
import io.arcllm.Cost;
import io.arcllm.LlmResponse;
import io.arcllm.Trail;
import io.arcllm.Usage;
import org.jspecify.annotations.Nullable;

/**
 * An answer with its trail, as it is shown.
 *
 * @param text the words
 * @param provider the provider that answered
 * @param model as the vendor names it
 * @param stopReason why it stopped
 * @param usage the tokens, where known
 * @param cost what it cost, where prices are known
 * @param requestId the vendor's id for the request
 * @param trail the attempts, in the order in which they ended
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record AskAnswer(String text, String provider, @Nullable String model, String stopReason, Usage usage,
		@Nullable Cost cost, @Nullable String requestId, List<Step> trail) {

	/** The answer, to be shown. */
	public static AskAnswer of(LlmResponse response) {
		return new AskAnswer(response.text(), response.provider(), response.model(),
				lower(response.stopReason().type()), response.usage(), response.cost(), response.requestId(),
				steps(response.trail()));
	}

	/** The trail, to be shown. */
	public static List<Step> steps(Trail trail) {
		return trail.attempts().stream().map(Step::of).toList();
	}

	private static String lower(Enum<?> value) {
		return value.name().toLowerCase(Locale.ROOT);
	}

	/**
	 * One attempt. Times are in milliseconds.
	 */
	@JsonInclude(JsonInclude.Include.NON_NULL)
	public record Step(String target, String outcome, double startedAfterMs, double waitedMs,
			@Nullable Double firstTokenMs, double durationMs, @Nullable String error, @Nullable String reason,
			@Nullable Integer status, @Nullable String requestId, Usage usage) {

		private static Step of(Attempt attempt) {
			Duration firstToken = attempt.firstToken();
			return new Step(attempt.target().toString(), lower(attempt.outcome()), millis(attempt.startedAfter()),
					millis(attempt.waited()), (firstToken == null) ? null : Double.valueOf(millis(firstToken)),
					millis(attempt.duration()), (attempt.error() == null) ? null : attempt.error().name(),
					attempt.reason().isEmpty() ? null : attempt.reason(), attempt.status(), attempt.requestId(),
					attempt.usage());
		}

		private static double millis(Duration duration) {
			return Math.round(duration.toNanos() / 10_000.0) / 100.0;
		}

	}

}
