package io.arcllm.provider.ollama;

import io.arcllm.LlmRequest;
import io.arcllm.Parameter;
import io.arcllm.provider.Adaptation;
import io.arcllm.provider.AnswerContext;
import io.arcllm.provider.AnswerDecoder;
import io.arcllm.provider.ModelTraits;
import io.arcllm.provider.WireFormat;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;

/**
 * The format of Ollama's own chat API.
 *
 * @param provider the provider's name; only its own thinking is sent back to it
 */
public record OllamaFormat(String provider) implements WireFormat {

	@Override
	public Framing framing() {
		return Framing.NDJSON;
	}

	@Override
	public String url(String baseUrl) {
		if (baseUrl.endsWith("/api/chat")) {
			return baseUrl;
		}
		return baseUrl.endsWith("/api") ? baseUrl + "/chat" : baseUrl + "/api/chat";
	}

	@Override
	public void headers(HttpHeaders headers, @Nullable String apiKey) {
		if (apiKey != null && !apiKey.isEmpty()) {
			headers.set("authorization", "Bearer " + apiKey);
		}
	}

	/** A model that does not think refuses {@code think}. */
	@Override
	public void adapt(Adaptation adaptation) {
		if (adaptation.traits().thinking() == ModelTraits.Thinking.NONE) {
			adaptation.leaveOut(Parameter.REASONING_EFFORT, "is not taken: this model does not think");
		}
	}

	@Override
	public ModelTraits.Thinking otherThinking(ModelTraits.@Nullable Thinking refused) {
		return (refused == ModelTraits.Thinking.LEVELS) ? ModelTraits.Thinking.SWITCH : ModelTraits.Thinking.LEVELS;
	}

	@Override
	public byte[] encode(LlmRequest request, ModelTraits traits) {
		return new OllamaEncoder(this.provider, request, traits).encode();
	}

	@Override
	public AnswerDecoder decoder(AnswerContext context) {
		return new OllamaDecoder(context);
	}

}
