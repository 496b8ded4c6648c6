package io.arcllm.autoconfigure;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.arcllm.LlmConfigException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.webclient.autoconfigure.WebClientAutoConfiguration;
import org.springframework.core.env.PropertySource;
import org.springframework.core.io.ByteArrayResource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/**
 * Mistakes in YAML: each stops the start or warns, with its key, where it is written, and
 * how to mend it. The table is {@code mistakes.txt}.
 */
@ExtendWith(OutputCaptureExtension.class)
class MistakesInYamlTests {

	private static final int STRIDE = 3;

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(ArcllmPropertiesAutoConfiguration.class, ArcllmAutoConfiguration.class,
				ArcllmCircuitBreakerAutoConfiguration.class, ArcllmRateLimitAutoConfiguration.class,
				ArcllmBudgetAutoConfiguration.class, ArcllmCacheAutoConfiguration.class,
				ArcllmAuditAutoConfiguration.class, ArcllmRedactionAutoConfiguration.class,
				ArcllmSpringAiAutoConfiguration.class, WebClientAutoConfiguration.class, SslAutoConfiguration.class))
		.withPropertyValues("arcllm.provider=anthropic", "arcllm.providers.anthropic.api-key=k",
				"arcllm.providers.anthropic.model=claude-sonnet-4-5", "arcllm.providers.openai.api-key=k",
				"arcllm.providers.openai.model=gpt-5-mini");

	static Stream<String> all() throws IOException {
		try (InputStream table = MistakesInYamlTests.class.getResourceAsStream("/mistakes.txt")) {
			return new String(Objects.requireNonNull(table).readAllBytes(), StandardCharsets.UTF_8).lines();
		}
	}

	static Stream<String> some() throws IOException {
		List<String> all = all().toList();
		return IntStream.iterate(0, (i) -> i < all.size(), (i) -> i + STRIDE).mapToObj(all::get);
	}

	@ParameterizedTest
	@MethodSource("some")
	void mistakeIsToldWithKeyPlaceAndMend(String row, CapturedOutput output) throws IOException {
		String[] cells = row.split(" \\| ");
		with(cells[0]).run((context) -> {
			Throwable failure = context.getStartupFailure();
			String told = (failure == null) ? warnings(output) : message(failure);
			assertThat(told).contains(cells[1], cells[2], "[application.yml]");
		});
	}

	@ParameterizedTest
	@MethodSource("all")
	@Tag("proof")
	void everyMistakeIsToldWithKeyPlaceAndMend(String row, CapturedOutput output) throws IOException {
		mistakeIsToldWithKeyPlaceAndMend(row, output);
	}

	@ParameterizedTest
	@ValueSource(strings = { "arcllm.modules.circuit_breaker.enabled: true", "arcllm.lint: off",
			"arcllm.providers.openai.prompt-cache: off", "arcllm.modules.retry:", "arcllm.modules:",
			"arcllm.modules.fallback: {enabled: yes, chain: [openai]}",
			"arcllm.modules.fallback: {enabled: true, chain: 'openai, anthropic/x'}",
			"arcllm.modules.fallback: {enabled: true, chain: [gpt-5-mini]}",
			"arcllm.modules.fallback: {enabled: true, chain: [{target: openai, max-tokens: 5}]}",
			"arcllm.modules.fallback: {enabled: true, chain: [openai], on: [network]}",
			"arcllm.providers.openai.models: [{name: gpt-5-mini, price: {input: 1, output: 2}}]" })
	void whatIsRightIsNoMistake(String yaml, CapturedOutput output) throws IOException {
		with(yaml).run((context) -> assertThat(context).hasNotFailed());
		assertThat(warnings(output)).doesNotContain("fallback.enabled is true")
			.doesNotContain("chain names 'openai")
			.doesNotContain("does nothing");
	}

	@Test
	void keyThatIsThereTwiceStopsTheStart() {
		assertThatException()
			.isThrownBy(() -> with("arcllm:\n  deadline: 5s\n  deadline: 6s\n")
				.run((context) -> assertThat(context).isNotNull()))
			.withMessageContaining("deadline");
	}

	private ApplicationContextRunner with(String yaml) throws IOException {
		PropertySource<?> source = new YamlPropertySourceLoader()
			.load("file", new ByteArrayResource(yaml.getBytes(StandardCharsets.UTF_8), "application.yml"))
			.get(0);
		return this.runner.withInitializer((context) -> context.getEnvironment().getPropertySources().addFirst(source));
	}

	private static String warnings(CapturedOutput output) {
		return String.join("\n", output.getAll().lines().filter((line) -> line.contains("WARN")).toList());
	}

	private static String message(Throwable failure) {
		Throwable cause = failure;
		while (cause.getCause() != null && !(cause instanceof LlmConfigException)) {
			cause = cause.getCause();
		}
		return String.valueOf(cause.getMessage());
	}

}
