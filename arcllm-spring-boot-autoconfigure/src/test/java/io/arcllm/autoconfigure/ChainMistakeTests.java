package io.arcllm.autoconfigure;

import io.arcllm.autoconfigure.stack.StackLlmProviders;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Chains are checked as each provider has them.
 */
class ChainMistakeTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(
				AutoConfigurations.of(ArcllmPropertiesAutoConfiguration.class, ArcllmAutoConfiguration.class))
		.withPropertyValues("arcllm.provider=anthropic", "arcllm.providers.anthropic.api-key=k",
				"arcllm.providers.anthropic.model=a", "arcllm.providers.openai.api-key=k",
				"arcllm.providers.openai.model=b");

	@ParameterizedTest
	@CsvSource({ "anthropic, arcllm.modules.fallback.chain=openai;openai, has 'openai' twice",
			"anthropic, arcllm.modules.fallback.chain=anthropic;openai, has 'anthropic'; which is the primary target itself",
			"anthropic, arcllm.modules.fallback.chain=opnai, Did you mean 'openai'?",
			"openai, arcllm.modules.fallback.chain=antropic, Did you mean 'anthropic'?",
			"openai, arcllm.modules.fallback.chain=anthropic;anthropic/a, has 'anthropic/a' twice",
			"openai, arcllm.providers.openai.modules.fallback.chain=openai, which is the primary target itself",
			"anthropic, arcllm.providers.anthropic.modules.fallback.context-window=nix, Did you mean 'openai'?",
			"openai, arcllm.providers.openai.modules.fallback.content-policy=nix, Did you mean 'openai'?" })
	void chainOfAProviderThatAloneFallsBackIsChecked(String provider, String property, String message) {
		this.runner
			.withPropertyValues("arcllm.providers." + provider + ".modules.fallback.enabled=true", list(property))
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.hasMessageContaining("'" + property.substring(0, property.indexOf('=')) + "'")
				.hasMessageContaining(list(message)));
	}

	@Test
	void chainOfAllIsNotThatOfWhoHasItsOwn() {
		this.runner
			.withPropertyValues("arcllm.modules.fallback.enabled=true", "arcllm.modules.fallback.chain=anthropic",
					"arcllm.providers.anthropic.modules.fallback.chain=openai")
			.run((context) -> {
				assertThat(context).hasNotFailed();
				assertThat(context).getBean(StackLlmProviders.class)
					.satisfies(
							(providers) -> assertThat(providers.primary()).hasToString("Fallback(Timeout(anthropic))"));
			});
	}

	@Test
	void chainOfAllMayHoldThoseWhoseChainItIs() {
		this.runner
			.withPropertyValues("arcllm.providers.openai.modules.fallback.enabled=true",
					"arcllm.modules.fallback.chain=openai,anthropic")
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void chainThatNobodyGoesDownIsNotChecked() {
		this.runner
			.withPropertyValues("arcllm.modules.fallback.chain=opnai",
					"arcllm.providers.openai.modules.fallback.context-window=nix")
			.run((context) -> assertThat(context).hasNotFailed());
	}

	private static String list(String text) {
		return text.replace(';', ',');
	}

}
