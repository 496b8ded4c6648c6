package io.arcllm.autoconfigure;

import java.util.function.Function;

import io.arcllm.LlmConfigException;
import io.arcllm.LlmProvider;
import io.arcllm.provider.ApiKeys;
import io.arcllm.provider.ErrorReader;
import io.arcllm.provider.HttpProvider;
import io.arcllm.provider.HttpProviderSettings;
import io.arcllm.provider.WireFormat;
import io.arcllm.provider.anthropic.AnthropicFormat;
import io.arcllm.provider.ollama.OllamaFormat;
import io.arcllm.provider.openai.OpenAiFormat;
import io.arcllm.provider.openai.OpenAiQuirk;

/**
 * Makes the adapter that a definition describes.
 */
record Adapters(HttpClients clients, ErrorReader errors) implements Function<ProviderDefinition, LlmProvider> {

	@Override
	public LlmProvider apply(ProviderDefinition definition) {
		HttpProviderSettings settings = new HttpProviderSettings(definition.name(), definition.baseUrl(),
				definition.keyRequired(), definition.model(), definition.headers(), definition.options(),
				definition.defaults().maxTokens(), definition.defaults().temperature(),
				definition.http().maxResponseSize());
		ApiKeys keys = ApiKeys.of(definition.keys().isEmpty() ? null : definition.keys().get(0));
		return new HttpProvider(settings, format(definition), this.clients.create(definition.name(), definition.http()),
				keys, this.errors);
	}

	private static WireFormat format(ProviderDefinition definition) {
		return switch (definition.type()) {
			case "anthropic" -> new AnthropicFormat(definition.name());
			case "openai" -> new OpenAiFormat(definition.name(), OpenAiQuirk.parse(definition.quirks()));
			case "ollama" -> new OllamaFormat(definition.name());
			default -> throw new LlmConfigException("There is no wire format '" + definition.type() + "'");
		};
	}

}
