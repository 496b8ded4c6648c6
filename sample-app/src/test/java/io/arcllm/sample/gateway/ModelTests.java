package io.arcllm.sample.gateway;

import java.net.http.HttpResponse;
import java.util.List;

import io.arcllm.LlmEvent;
import io.arcllm.LlmResponse;
import io.arcllm.Target;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The gateway asks whom the client names, and configured providers alone.
 */
class ModelTests {

	private static final String ASK = "{\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}";

	private static GatewayServer gateway;

	@BeforeAll
	static void start() {
		gateway = new GatewayServer();
	}

	@AfterAll
	static void stop() {
		gateway.close();
	}

	@ParameterizedTest
	@CsvSource({ "'', anthropic, ", "default, anthropic, ", "openai, openai, ", "openai/gpt-9, openai, gpt-9",
			"openai/a/b, openai, a/b" })
	void modelNamesAProviderOrATarget(String model, String provider, String asked) throws Exception {
		gateway.answer(new LlmEvent.Completed(LlmResponse.of("x")));
		gateway.chat(ASK.replace("{\"messages\"", "{\"model\":\"" + model + "\",\"messages\""));
		assertThat(gateway.askedOf.get()).isEqualTo(provider);
		assertThat(gateway.asked.get().model()).isEqualTo(asked);
	}

	@ParameterizedTest
	@ValueSource(strings = { "openai/alias", "default", "claude-x" })
	void nameOfTheConfigurationGoesBeforeAllElse(String name) throws Exception {
		gateway.names.put(name, List.of(new Target("openai", "gpt-x")));
		gateway.answer(new LlmEvent.Completed(LlmResponse.of("x")));
		gateway.chat(ASK.replace("{\"messages\"", "{\"model\":\"" + name + "\",\"messages\""));
		gateway.names.clear();
		assertThat(gateway.askedOf.get()).isEqualTo(name);
		assertThat(gateway.asked.get().model()).isNull();
	}

	@ParameterizedTest
	@ValueSource(strings = { "gpt-4o", "nobody/gpt-4o", "openai/", "http://evil.example" })
	void unknownModelIsNotFoundAndSaysWhatIsThere(String model) throws Exception {
		HttpResponse<String> response = gateway
			.chat(ASK.replace("{\"messages\"", "{\"model\":\"" + model + "\",\"messages\""));
		assertThat(response.statusCode()).isEqualTo(404);
		assertThat(response.body()).contains("model_not_found", "openai/gpt-x");
	}

	@Test
	void modelsAreListed() throws Exception {
		JsonNode models = Fields.MAPPER.readTree(gateway.get("/v1/models").body());
		assertThat(models.path("object").asString()).isEqualTo("list");
		assertThat(models.path("data")).extracting((model) -> model.path("id").asString())
			.containsExactly("anthropic", "openai", "anthropic/claude-x", "openai/gpt-x");
		assertThat(gateway.get("/v1/models/openai/gpt-x").body()).contains("\"owned_by\":\"openai\"");
		assertThat(gateway.get("/v1/models/nothing").statusCode()).isEqualTo(404);
	}

}
