package io.arcllm.provider.http;

import java.util.Map;
import java.util.function.Function;

import io.arcllm.provider.ModelTraits;
import org.jspecify.annotations.Nullable;

import org.springframework.util.unit.DataSize;

/**
 * The settings of one provider. The values of a request take precedence over them.
 *
 * @param name the provider's name
 * @param baseUrl the base URL of the vendor
 * @param needsKey whether it cannot be asked without an API key
 * @param model the model of requests that name none
 * @param headers extra headers
 * @param options extra fields of the request's body
 * @param maxTokens the longest answer of requests that set none, in tokens
 * @param temperature the temperature of requests that set none
 * @param models what is known of each model
 * @param refusesUnsupported whether the first target of a call refuses what its model
 * does not take, instead of leaving it out
 * @param maxResponseSize the most that is kept of one answer in memory
 */
public record HttpProviderSettings(String name, String baseUrl, boolean needsKey, @Nullable String model,
		Map<String, String> headers, Map<String, @Nullable Object> options, @Nullable Integer maxTokens,
		@Nullable Double temperature, Function<String, ModelTraits> models, boolean refusesUnsupported,
		DataSize maxResponseSize) {

	/** The default limit of one answer in memory. */
	public static final DataSize MAX_RESPONSE_SIZE = DataSize.ofMegabytes(16);

	/**
	 * A provider with a model and nothing else set.
	 */
	public static HttpProviderSettings of(String name, String baseUrl, @Nullable String model) {
		return new HttpProviderSettings(name, baseUrl, false, model, Map.of(), Map.of(), null, null,
				(any) -> ModelTraits.UNKNOWN, false, MAX_RESPONSE_SIZE);
	}

	/** Leaves out headers and options, which may contain secrets. */
	@Override
	public String toString() {
		return "HttpProviderSettings[name=" + this.name + ", model=" + this.model + "]";
	}

}
