package io.arcllm.module.telemetry;

import java.util.Locale;

import io.arcllm.Cost;
import io.arcllm.LlmException;
import io.arcllm.LlmResponse;
import io.arcllm.Usage;
import io.arcllm.module.telemetry.LlmObservationContext.Level;
import io.arcllm.module.telemetry.VendorNames.Vendor;
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

	/** All of them always, because some registries want the same tags each time. */
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

	/** Where the request goes, and what the provider is called in the configuration. */
	private KeyValues server(String provider) {
		Vendor vendor = this.vendors.find(provider);
		String host = (vendor == null) ? null : vendor.host();
		return KeyValues.of(ConventionNames.OWN_PROVIDER, provider, ConventionNames.SERVER_ADDRESS,
				(host == null) ? NONE : host, ConventionNames.SERVER_PORT,
				(vendor == null || host == null) ? NONE : String.valueOf(vendor.port()));
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
		KeyValues asked = with(KeyValues.of(ConventionNames.OWN_PROVIDER, context.target().provider()),
				"gen_ai.conversation.id", context.request().metadata().session());
		asked = with(asked, "arcllm.asked", context.asked());
		LlmResponse response = context.response();
		return (response == null) ? asked : asked.and(answered(response));
	}

	private static KeyValues answered(LlmResponse response) {
		Usage usage = response.usage();
		KeyValues values = KeyValues.of("gen_ai.response.finish_reasons",
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
