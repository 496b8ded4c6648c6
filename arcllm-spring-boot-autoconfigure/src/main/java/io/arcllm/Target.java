package io.arcllm;

import java.util.Objects;

import org.jspecify.annotations.Nullable;

/**
 * A provider plus a model: what a chain consists of. Written {@code openai} or
 * {@code openai/gpt-5-mini}.
 *
 * @param provider the provider's name
 * @param model the model, or {@code null} for the provider's own default
 */
public record Target(@AbsentIsEmpty String provider, @Nullable String model) {

	public Target {
		Objects.requireNonNull(provider, "provider");
	}

	/**
	 * Reads the written form; the first {@code /} separates.
	 * @throws LlmConfigException if the provider or the model is blank
	 */
	public static Target parse(String text) {
		int slash = text.indexOf('/');
		String provider = (slash < 0) ? text.trim() : text.substring(0, slash).trim();
		String model = (slash < 0) ? null : text.substring(slash + 1).trim();
		if (provider.isEmpty() || (model != null && model.isEmpty())) {
			throw new LlmConfigException("'" + text
					+ "' is not a target: write 'provider' or 'provider/model', such as 'openai/gpt-5-mini'");
		}
		return new Target(provider, model);
	}

	/**
	 * The written form, on one line whatever the model is called.
	 */
	@Override
	public String toString() {
		return (this.model == null) ? this.provider : this.provider + "/" + PrintableText.line(this.model);
	}

}
