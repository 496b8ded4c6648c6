package io.arcllm.module.telemetry;

import java.util.Locale;

import io.arcllm.LlmException;
import io.arcllm.LlmResponse;
import io.arcllm.Usage;
import io.arcllm.module.telemetry.LlmObservationContext.Level;
import io.micrometer.common.KeyValue;
import io.micrometer.common.KeyValues;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationConvention;
import org.jspecify.annotations.Nullable;

/**
 * How calls and attempts are named: OpenTelemetry's semantic conventions for generative
 * AI where they have a name, and {@code arcllm} where they have none.
 */
final class LlmObservationConvention implements ObservationConvention<LlmObservationContext> {

	private static final String NONE = "none";

	private final Level level;

	private final ModelTags models;

	LlmObservationConvention(Level level, ModelTags models) {
		this.level = level;
		this.models = models;
	}

	@Override
	public boolean supportsContext(Observation.Context context) {
		return context instanceof LlmObservationContext ours && ours.level() == this.level;
	}

	/**
	 * The convention's operation is one request; a call of several has a name of its own.
	 */
	@Override
	public String getName() {
		return (this.level == Level.CALL) ? ConventionNames.CALL : ConventionNames.OPERATION_DURATION;
	}

	@Override
	public String getContextualName(LlmObservationContext context) {
		String what = ConventionNames.CHAT + " " + this.models.of(context.target());
		return (this.level == Level.CALL) ? "arcllm " + what : what;
	}

	/** All of them always, because some registries want the same tags each time. */
	@Override
	public KeyValues getLowCardinalityKeyValues(LlmObservationContext context) {
		KeyValues values = KeyValues.of(KeyValue.of(ConventionNames.OPERATION_NAME, ConventionNames.CHAT),
				KeyValue.of(ConventionNames.PROVIDER_NAME, context.target().provider()),
				KeyValue.of(ConventionNames.REQUEST_MODEL, this.models.of(context.target())),
				KeyValue.of(ConventionNames.ERROR_TYPE, error(context)),
				KeyValue.of(ConventionNames.OUTCOME, outcome(context)));
		LlmResponse response = context.response();
		return (this.level == Level.ATTEMPT) ? values
				: values.and(ConventionNames.ANSWERED_BY, (response == null) ? NONE : response.provider());
	}

	private static String error(LlmObservationContext context) {
		Throwable error = context.getError();
		if (error instanceof LlmException failure) {
			return ConventionNames.dashed(failure.kind());
		}
		return (error == null) ? NONE : "unknown";
	}

	private static String outcome(LlmObservationContext context) {
		if (context.response() != null) {
			return "completed";
		}
		return context.isCancelled() ? "cancelled" : (context.getError() != null) ? "failed" : NONE;
	}

	@Override
	public KeyValues getHighCardinalityKeyValues(LlmObservationContext context) {
		LlmResponse response = context.response();
		if (response == null) {
			return KeyValues.empty();
		}
		Usage usage = response.usage();
		KeyValues values = KeyValues.of("gen_ai.response.finish_reasons",
				response.stopReason().type().name().toLowerCase(Locale.ROOT));
		values = with(values, "gen_ai.response.model", response.model());
		values = with(values, "gen_ai.response.id", response.requestId());
		values = with(values, "gen_ai.usage.input_tokens", usage.inputTokens());
		values = with(values, "gen_ai.usage.output_tokens", usage.outputTokens());
		values = with(values, "gen_ai.usage.cache_read.input_tokens", usage.cacheReadTokens());
		return with(values, "gen_ai.usage.cache_creation.input_tokens", usage.cacheWriteTokens());
	}

	private static KeyValues with(KeyValues values, String key, @Nullable Object value) {
		return (value == null) ? values : values.and(key, value.toString());
	}

}
