package io.arcllm.provider.anthropic;

import io.arcllm.LlmRequest;
import io.arcllm.provider.Adaptation;
import io.arcllm.provider.AnswerContext;
import io.arcllm.provider.AnswerDecoder;
import io.arcllm.provider.ModelTraits;
import io.arcllm.provider.PromptCache;
import io.arcllm.provider.ToolIds;
import io.arcllm.provider.WireFormat;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;

/**
 * The format of Anthropic's Messages API.
 *
 * @param provider the provider's name; only its own thinking is sent back to it
 * @param cache how prompts are kept in the vendor's cache
 */
public record AnthropicFormat(String provider, PromptCache cache) implements WireFormat {

	private static final String VERSION = "2023-06-01";

	/** A format that keeps only the prompts that requests mark. */
	public AnthropicFormat(String provider) {
		this(provider, PromptCache.OFF);
	}

	@Override
	public Framing framing() {
		return Framing.SSE;
	}

	@Override
	public String url(String baseUrl) {
		if (baseUrl.endsWith("/v1/messages")) {
			return baseUrl;
		}
		return baseUrl.endsWith("/v1") ? baseUrl + "/messages" : baseUrl + "/v1/messages";
	}

	@Override
	public void headers(HttpHeaders headers, @Nullable String apiKey) {
		headers.set("anthropic-version", VERSION);
		if (apiKey != null && !apiKey.isEmpty()) {
			headers.set("x-api-key", apiKey);
		}
	}

	@Override
	public ToolIds toolIds() {
		return ToolIds.WORD;
	}

	@Override
	public boolean answersInOneMessage() {
		return false;
	}

	@Override
	public void adapt(Adaptation adaptation) {
		AnthropicAdaptation.adapt(adaptation, this.provider);
	}

	@Override
	public ModelTraits.Thinking otherThinking(ModelTraits.@Nullable Thinking refused) {
		return (refused == ModelTraits.Thinking.ADAPTIVE) ? ModelTraits.Thinking.BUDGET : ModelTraits.Thinking.ADAPTIVE;
	}

	@Override
	public byte[] encode(LlmRequest request, ModelTraits traits) {
		return new AnthropicEncoder(this, request, traits).encode();
	}

	@Override
	public AnswerDecoder decoder(AnswerContext context) {
		return new AnthropicDecoder(context);
	}

}
