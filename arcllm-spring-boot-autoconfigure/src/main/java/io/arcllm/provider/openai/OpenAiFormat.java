package io.arcllm.provider.openai;

import java.util.Set;

import io.arcllm.LlmRequest;
import io.arcllm.provider.Adaptation;
import io.arcllm.provider.AnswerContext;
import io.arcllm.provider.AnswerDecoder;
import io.arcllm.provider.ModelTraits;
import io.arcllm.provider.ToolIds;
import io.arcllm.provider.WireFormat;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;

/**
 * The format of OpenAI's Chat Completions, which most vendors use.
 *
 * @param provider the provider's name
 * @param quirks how this vendor differs
 */
public record OpenAiFormat(String provider, Set<OpenAiQuirk> quirks) implements WireFormat {

	private static final String PATH = "/chat/completions";

	public OpenAiFormat {
		quirks = Set.copyOf(quirks);
	}

	/** A vendor without quirks. */
	public OpenAiFormat(String provider) {
		this(provider, Set.of());
	}

	@Override
	public Framing framing() {
		return Framing.SSE;
	}

	/**
	 * Adds {@code /v1} if the base URL has no path, then the operation.
	 */
	@Override
	public String url(String baseUrl) {
		if (baseUrl.endsWith(PATH)) {
			return baseUrl;
		}
		boolean hasPath = baseUrl.indexOf('/', baseUrl.indexOf("://") + 3) > 0;
		return baseUrl + (hasPath ? "" : "/v1") + PATH;
	}

	@Override
	public void headers(HttpHeaders headers, @Nullable String apiKey) {
		if (apiKey == null) {
			return;
		}
		if (this.quirks.contains(OpenAiQuirk.API_KEY_HEADER)) {
			headers.set("api-key", apiKey);
		}
		else {
			headers.set("authorization", "Bearer " + apiKey);
		}
	}

	@Override
	public @Nullable ToolIds toolIds() {
		return this.quirks.contains(OpenAiQuirk.TOOL_IDS_OF_9) ? ToolIds.OF_9
				: this.quirks.contains(OpenAiQuirk.TOOL_IDS_UP_TO_40) ? ToolIds.UP_TO_40 : null;
	}

	@Override
	public void adapt(Adaptation adaptation) {
		OpenAiAdaptation.adapt(adaptation, this);
	}

	@Override
	public byte[] encode(LlmRequest request, ModelTraits traits) {
		return new OpenAiEncoder(this, request, traits).encode();
	}

	@Override
	public AnswerDecoder decoder(AnswerContext context) {
		return new OpenAiDecoder(context, this.quirks.contains(OpenAiQuirk.REASONING_APART));
	}

	boolean has(OpenAiQuirk quirk) {
		return this.quirks.contains(quirk);
	}

}
