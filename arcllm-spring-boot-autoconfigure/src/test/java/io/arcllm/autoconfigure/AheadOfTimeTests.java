package io.arcllm.autoconfigure;

import io.arcllm.module.retry.RetrySettings;
import io.arcllm.provider.Preset;
import org.junit.jupiter.api.Test;

import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The context can be prepared at build time.
 */
class AheadOfTimeTests {

	@Test
	void whatIsReadByReflectionIsKept() {
		RuntimeHints hints = new RuntimeHints();
		new ArcllmRuntimeHints().registerHints(hints, getClass().getClassLoader());
		assertThat(RuntimeHintsPredicates.resource().forResource("META-INF/arcllm/defaults.properties")).accepts(hints);
		assertThat(RuntimeHintsPredicates.resource().forResource("io/arcllm/provider/presets.json")).accepts(hints);
		assertThat(RuntimeHintsPredicates.reflection().onType(RetrySettings.class)).accepts(hints);
		assertThat(RuntimeHintsPredicates.reflection().onType(Preset.class)).accepts(hints);
	}

}
