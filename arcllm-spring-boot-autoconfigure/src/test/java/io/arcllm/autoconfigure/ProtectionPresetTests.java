package io.arcllm.autoconfigure;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

import io.arcllm.CallOptions;
import io.arcllm.autoconfigure.config.LayeredBinder;
import io.arcllm.autoconfigure.config.ModuleSettings;
import io.arcllm.autoconfigure.config.PropertiesBinding;
import io.arcllm.module.bulkhead.BulkheadSettings;
import io.arcllm.module.circuitbreaker.CircuitBreakerSettings;
import io.arcllm.module.ratelimit.RateLimitSettings;
import org.junit.jupiter.api.Test;

import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.mock.env.MockEnvironment;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The preset that is there to be copied means what is said of it.
 */
class ProtectionPresetTests {

	@Test
	void presetOfTheDocumentationBinds() throws IOException {
		ModuleSettings settings = settings();
		CircuitBreakerSettings breaker = settings.bind("circuit-breaker", CircuitBreakerSettings.class, null,
				CallOptions.NONE);
		assertThat(breaker.consecutiveFailures()).isEqualTo(3);
		assertThat(breaker.openFor()).isEqualTo(Duration.ofSeconds(60));
		assertThat(breaker.halfOpenCalls()).isEqualTo(2);
		RateLimitSettings limit = settings.bind("rate-limit", RateLimitSettings.class, null, CallOptions.NONE);
		assertThat(limit.requestsPerMinute()).isEqualTo(120);
		assertThat(limit.burst()).isEqualTo(6);
		assertThat(settings.bind("bulkhead", BulkheadSettings.class, null, CallOptions.NONE))
			.isEqualTo(BulkheadSettings.of(5, 10, Duration.ofSeconds(30)));
		for (String module : new String[] { "circuit-breaker", "rate-limit", "bulkhead" }) {
			assertThat(settings.enabled(module, null, CallOptions.NONE)).isTrue();
		}
	}

	private static ModuleSettings settings() throws IOException {
		LayeredBinder binder = new LayeredBinder(environment());
		return new ModuleSettings(binder, PropertiesBinding.bind(binder));
	}

	private static MockEnvironment environment() throws IOException {
		String page = Files.readString(Path.of("../docs/protection.md"));
		String yaml = page.substring(page.indexOf("```yaml") + 7, page.indexOf("```", page.indexOf("```yaml") + 7));
		MockEnvironment environment = new MockEnvironment();
		new YamlPropertySourceLoader().load("preset", new ByteArrayResource(yaml.getBytes(StandardCharsets.UTF_8)))
			.forEach(environment.getPropertySources()::addFirst);
		return environment;
	}

}
