package io.arcllm.sample;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.arcllm.Attempt;
import io.arcllm.Cost;
import io.arcllm.LlmResponse;
import io.arcllm.Trail;
import io.arcllm.Usage;
import org.jspecify.annotations.Nullable;

/**
 * An answer with its trail, as {@code /ask} shows it.
 *
 * @param text the words
 * @param provider the provider that answered
 * @param model as the vendor names it
 * @param stopReason why it stopped
 * @param usage the tokens, where known
 * @param cost what it cost, where prices are known
 * @param requestId the vendor's id for the request
 * @param age how old it is in seconds, where it comes from the cache
 * @param stale whether it is an older one, given because all targets failed; only where
 * it comes from the cache
 * @param redactions what was taken out of question and answer, by type
 * @param budgets what is left of the budgets that are not of one tenant or label
 * @param trail the attempts, in the order in which they ended
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record AskAnswer(String text, String provider, @Nullable String model, String stopReason, Usage usage,
		@Nullable Cost cost, @Nullable String requestId, @Nullable Long age, @Nullable Boolean stale,
		@JsonInclude(JsonInclude.Include.NON_EMPTY) Map<String, Integer> redactions,
		@JsonInclude(JsonInclude.Include.NON_EMPTY) List<BudgetLeft> budgets, List<Step> trail) {

	/** The answer, to be shown. */
	static AskAnswer of(LlmResponse response, List<BudgetLeft> budgets) {
		Duration age = response.age();
		return new AskAnswer(response.text(), response.provider(), response.model(),
				lower(response.stopReason().type()), response.usage(), response.cost(), response.requestId(),
				(age == null) ? null : Long.valueOf(age.toSeconds()),
				(age == null) ? null : Boolean.valueOf(response.stale()), response.trail().redactions(), budgets,
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
	 * What is left of a budget after the call.
	 *
	 * @param limit its name
	 * @param subject the provider or model that is counted; absent for all together
	 * @param left what may still be spent
	 * @param amount what may be spent in a window
	 * @param currency of both
	 */
	@JsonInclude(JsonInclude.Include.NON_EMPTY)
	public record BudgetLeft(String limit, String subject, BigDecimal left, BigDecimal amount, String currency) {
	}

	/**
	 * One attempt. Times are in milliseconds.
	 */
	@JsonInclude(JsonInclude.Include.NON_NULL)
	public record Step(String target, String outcome, String cause, double startedAfterMs, double waitedMs,
			@Nullable Double firstTokenMs, double durationMs, @Nullable String error, @Nullable String reason,
			@Nullable Integer status, @Nullable String requestId, Usage usage, @Nullable Cost cost) {

		private static Step of(Attempt attempt) {
			Duration firstToken = attempt.firstToken();
			return new Step(attempt.target().toString(), lower(attempt.outcome()), lower(attempt.cause()),
					millis(attempt.startedAfter()), millis(attempt.waited()),
					(firstToken == null) ? null : Double.valueOf(millis(firstToken)), millis(attempt.duration()),
					(attempt.error() == null) ? null : attempt.error().name(),
					attempt.reason().isEmpty() ? null : attempt.reason(), attempt.status(), attempt.requestId(),
					attempt.usage(), attempt.cost());
		}

		private static double millis(Duration duration) {
			return Math.round(duration.toNanos() / 10_000.0) / 100.0;
		}

	}

}
