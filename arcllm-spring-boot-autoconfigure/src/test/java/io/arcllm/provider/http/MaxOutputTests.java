package io.arcllm.provider.http;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

import io.arcllm.LlmRequest;
import io.arcllm.PromptServers;
import io.arcllm.provider.ModelTraits;
import io.arcllm.provider.WireFormat;
import io.arcllm.provider.anthropic.AnthropicFormat;
import io.arcllm.provider.error.DefaultErrorClassifier;
import io.arcllm.provider.error.ErrorReader;
import io.arcllm.provider.key.ApiKeys;
import io.arcllm.provider.openai.OpenAiFormat;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import mockwebserver3.junit5.StartStop;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.util.unit.DataSize;
import org.springframework.web.reactive.function.client.WebClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * No model is asked for more than it can give.
 */
class MaxOutputTests {

	@StartStop
	private final MockWebServer server = PromptServers.create();

	@ParameterizedTest
	@CsvSource({ "m, 8000, , 6000", "m, 6001, , 6000", "m, 6000, , 6000", "m, 10, , 10", "m, 0, , 0", "m, , 8000, 6000",
			"m, , 10, 10", "m, 20, 8000, 20", "m, , , ", "other, 8000, , 8000", "other, , 8000, 8000" })
	void longestAnswerThatIsAskedForIsTheModels(String model, Integer asked, Integer configured, Integer sent)
			throws InterruptedException {
		for (boolean streaming : new boolean[] { false, true }) {
			LlmRequest request = LlmRequest.of("Hi")
				.mutate()
				.model(model)
				.maxTokens(asked)
				.streaming(streaming)
				.build();
			assertThat(sent(new OpenAiFormat("acme"), configured, request)).isEqualTo(sent);
			// wants to know it always
			assertThat(sent(new AnthropicFormat("acme"), configured, request))
				.isEqualTo((sent == null) ? Integer.valueOf(4096) : sent);
		}
	}

	private static ModelTraits traits(String model) {
		Integer most = Map.of("m", 6000, "m2", 1).get(model);
		return new ModelTraits(Set.of(), null, List.of(), null, null, most, null, Set.of(), null, null, Map.of());
	}

	private @Nullable Integer sent(WireFormat format, @Nullable Integer configured, LlmRequest request)
			throws InterruptedException {
		this.server.enqueue(new MockResponse.Builder().code(500).build());
		HttpProviderSettings settings = new HttpProviderSettings("acme", this.server.url("").toString(), false, "m",
				Map.of(), Map.of(), configured, null, MaxOutputTests::traits, false, DataSize.ofMegabytes(1));
		new HttpProvider(settings, format, WebClient.create(), ApiKeys.of("k"),
				new ErrorReader(new DefaultErrorClassifier(), Clock.systemUTC()))
			.exchange(request)
			.onErrorComplete()
			.blockLast(Duration.ofSeconds(20));
		RecordedRequest received = this.server.takeRequest(5, TimeUnit.SECONDS);
		assertThat(received).isNotNull();
		JsonNode body = JsonMapper.shared().readTree(received.getBody().string(StandardCharsets.UTF_8));
		JsonNode tokens = body.get("max_tokens");
		return (tokens == null) ? null : Integer.valueOf(tokens.intValue());
	}

}
