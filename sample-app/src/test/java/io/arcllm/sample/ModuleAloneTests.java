package io.arcllm.sample;

import java.util.ArrayList;
import java.util.List;

import io.arcllm.LlmProvider;
import io.arcllm.autoconfigure.ArcllmActuatorAutoConfiguration;
import io.arcllm.autoconfigure.ArcllmAutoConfiguration;
import io.arcllm.autoconfigure.ArcllmCircuitBreakerAutoConfiguration;
import io.arcllm.autoconfigure.ArcllmPropertiesAutoConfiguration;
import io.arcllm.autoconfigure.ArcllmRateLimitAutoConfiguration;
import io.arcllm.autoconfigure.ArcllmTelemetryAutoConfiguration;
import io.arcllm.autoconfigure.actuator.ArcllmEndpoint;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.actuate.autoconfigure.endpoint.EndpointAutoConfiguration;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration;
import org.springframework.boot.webclient.autoconfigure.WebClientAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * One property on the command line is one module in the stack, and nothing else.
 */
class ModuleAloneTests {

	private static final List<String> MODULES = List.of("telemetry", "retry", "fallback", "circuit-breaker",
			"rate-limit", "bulkhead", "timeout");

	@ParameterizedTest
	@CsvSource({ "none, anthropic", "telemetry, Telemetry(anthropic)", "retry, Retry(anthropic)",
			"fallback, Fallback(anthropic)", "circuit-breaker, CircuitBreaker(anthropic)",
			"rate-limit, RateLimit(anthropic)", "bulkhead, Bulkhead(anthropic)", "timeout, Timeout(anthropic)",
			"hedge, anthropic" })
	void moduleThatIsOnIsInTheStackAndAnswers(String module, String stack) {
		try (ConfigurableApplicationContext context = run(module)) {
			JsonMapper json = JsonMapper.builder().build();
			JsonNode shown = json.valueToTree(context.getBean(ArcllmEndpoint.class).overview());
			assertThat(shown.at("/stack").asString()).isEqualTo(stack);
			assertThat(shown.at("/providers/anthropic/stack").valueStream().map(JsonNode::asString))
				.filteredOn(MODULES::contains)
				.containsExactlyElementsOf(MODULES.contains(module) ? List.of(module) : List.of());
			assertThat(context.getBean(LlmProvider.class).invoke("hi").text()).isNotBlank();
		}
	}

	private static ConfigurableApplicationContext run(String module) {
		List<String> arguments = new ArrayList<>(List.of("--spring.main.lazy-initialization=true",
				"--arcllm.profile=none", "--arcllm.modules.fallback.chain=openai", "--spring.main.banner-mode=off",
				"--logging.level.root=WARN", "--simulator.pace.first-token=0s", "--simulator.pace.tokens-per-second=0",
				"--simulator.fail-every=0"));
		MODULES.stream()
			.filter((other) -> !other.equals(module))
			.forEach((other) -> arguments.add("--arcllm.modules." + other + ".enabled=false"));
		if (!module.equals("none")) {
			arguments.add("--arcllm.modules." + module + ".enabled=true");
		}
		return new SpringApplicationBuilder(Light.class).web(WebApplicationType.NONE)
			.run(arguments.toArray(String[]::new));
	}

	/**
	 * The starter with the settings of the sample, and nothing else of it.
	 */
	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ ArcllmPropertiesAutoConfiguration.class, ArcllmAutoConfiguration.class,
			ArcllmCircuitBreakerAutoConfiguration.class, ArcllmRateLimitAutoConfiguration.class,
			ArcllmTelemetryAutoConfiguration.class, ArcllmActuatorAutoConfiguration.class,
			EndpointAutoConfiguration.class, WebClientAutoConfiguration.class, SslAutoConfiguration.class,
			ObservationAutoConfiguration.class })
	static class Light {

	}

}
