package io.arcllm.module.telemetry;

import java.util.Locale;

import io.arcllm.Cost;
import io.arcllm.LlmException;
import io.arcllm.LlmRequest;
import io.arcllm.LlmResponse;
import io.arcllm.ResponseFormat;
import io.arcllm.Usage;
import io.arcllm.module.telemetry.LlmObservationContext.Level;
import io.micrometer.common.KeyValue;
import io.micrometer.common.KeyValues;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationConvention;
import org.jspecify.annotations.Nullable;

/**
 * The names of calls and attempts: those of OpenTelemetry's semantic conventions for
 * generative AI where they exist, else names that begin with {@code arcllm}.
 */
final class LlmObservationConvention implements ObservationConvention<LlmObservationContext> {

	private static final String NONE = "none";

	private final Level level;

	private final ModelTags models;

	private final VendorNames vendors;

	LlmObservationConvention(Level level, ModelTags models, VendorNames vendors) {
		this.level = level;
		this.models = models;
		this.vendors = vendors;
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

	/**
	 * All tags every time, because some registries require the same tags on each
	 * measurement.
	 */
	@Override
	public KeyValues getLowCardinalityKeyValues(LlmObservationContext context) {
		KeyValues values = KeyValues.of(KeyValue.of(ConventionNames.OPERATION_NAME, ConventionNames.CHAT),
				KeyValue.of(ConventionNames.PROVIDER_NAME, this.vendors.of(context.target().provider())),
				KeyValue.of(ConventionNames.REQUEST_MODEL, this.models.of(context.target())),
				KeyValue.of(ConventionNames.ERROR_TYPE, error(context)),
				KeyValue.of(ConventionNames.OUTCOME, outcome(context)));
		LlmResponse response = context.response();
		return (this.level == Level.ATTEMPT) ? values.and(server(context.target().provider()))
				: values.and(ConventionNames.ANSWERED_BY, (response == null) ? NONE : response.provider());
	}

	/** The server of the request, and the provider's name in the configuration. */
	private KeyValues server(String provider) {
		return KeyValues.of(ConventionNames.OWN_PROVIDER, provider, ConventionNames.SERVER_ADDRESS,
				this.vendors.address(provider), ConventionNames.SERVER_PORT, this.vendors.port(provider));
	}

	private static String error(LlmObservationContext context) {
		Throwable error = context.getError();
		if (error instanceof LlmException failure) {
			return ConventionNames.dashed(failure.kind());
		}
		return (error == null) ? NONE : "_OTHER";
	}

	private static String outcome(LlmObservationContext context) {
		if (context.response() != null) {
			return "completed";
		}
		return context.isCancelled() ? "cancelled" : (context.getError() != null) ? "failed" : NONE;
	}

	@Override
	public KeyValues getHighCardinalityKeyValues(LlmObservationContext context) {
		KeyValues asked = asked(context);
		LlmResponse response = context.response();
		if (response != null) {
			return asked.and(answered(response));
		}
		return (context.getError() instanceof LlmException failure && failure.partial() != null)
				? asked.and(ConventionNames.FINISH_REASONS, "error") : asked;
	}

	/** The parameters of the request that the caller set. */
	private static KeyValues asked(LlmObservationContext context) {
		LlmRequest request = context.request();
		KeyValues values = with(KeyValues.of(ConventionNames.OWN_PROVIDER, context.target().provider()),
				"gen_ai.conversation.id", request.metadata().session());
		values = with(values, "arcllm.asked", context.asked());
		values = with(values, "gen_ai.request.stream", request.streaming() ? true : null);
		values = with(values, "gen_ai.request.max_tokens", request.maxTokens());
		values = with(values, "gen_ai.request.temperature", request.temperature());
		values = with(values, "gen_ai.request.top_p", request.topP());
		return with(values, "gen_ai.output.type", outputType(request.responseFormat()));
	}

	private static @Nullable String outputType(@Nullable ResponseFormat format) {
		return (format == null) ? null : (format.type() == ResponseFormat.Type.TEXT) ? "text" : "json";
	}

	private static KeyValues answered(LlmResponse response) {
		Usage usage = response.usage();
		KeyValues values = KeyValues.of(ConventionNames.FINISH_REASONS,
				response.stopReason().type().name().toLowerCase(Locale.ROOT));
		values = with(values, "gen_ai.response.model", response.model());
		values = with(values, "gen_ai.response.id", response.requestId());
		values = with(values, "gen_ai.usage.input_tokens", usage.inputTokens());
		values = with(values, "gen_ai.usage.output_tokens", usage.outputTokens());
		values = with(values, "gen_ai.usage.cache_read.input_tokens", usage.cacheReadTokens());
		values = with(values, "gen_ai.usage.cache_write.input_tokens", usage.cacheWriteTokens());
		values = with(values, "gen_ai.usage.reasoning.output_tokens", usage.reasoningTokens());
		Cost cost = response.cost();
		return (cost == null) ? values
				: values.and("arcllm.cost", cost.amount().toPlainString(), "arcllm.cost.currency", cost.currency());
	}

	private static KeyValues with(KeyValues values, String key, @Nullable Object value) {
		return (value == null) ? values : values.and(key, value.toString());
	}

}
