package io.arcllm.provider;

import java.io.IOException;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;

import io.arcllm.LlmConfigException;
import io.arcllm.provider.openai.OpenAiQuirk;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class PresetsTests {

	private final Presets presets = Presets.load(null);

	@TempDir
	private Path directory;

	@ParameterizedTest
	@ValueSource(strings = { "anthropic", "openai", "ollama", "deepseek", "mistral", "groq", "together", "fireworks",
			"huggingface", "huggingface-tgi", "vllm", "openrouter", "gemini", "xai", "azure-openai" })
	void everyVendorIsKnownByName(String name) {
		Preset preset = this.presets.find(name).orElseThrow();
		assertThat(preset.type()).isIn("anthropic", "openai", "ollama");
		assertThat(preset.keyVariables()).isNotEmpty();
		assertThat(OpenAiQuirk.parse(preset.quirks())).hasSameSizeAs(preset.quirks());
		if (preset.baseUrl() != null) {
			URI url = URI.create(preset.baseUrl());
			assertThat(url.getScheme()).isEqualTo("localhost".equals(url.getHost()) ? "http" : "https");
			assertThat(preset.baseUrl()).doesNotEndWith("/");
			assertThat(preset.keyRequired()).isEqualTo("https".equals(url.getScheme()));
		}
	}

	@Test
	void onlyAzureHasNoAddress() {
		assertThat(this.presets.names()).hasSize(15)
			.filteredOn((name) -> this.presets.find(name).orElseThrow().baseUrl() == null)
			.containsExactly("azure-openai");
	}

	@Test
	void unknownNameIsEmpty() {
		assertThat(this.presets.find("nobody")).isEmpty();
	}

	@Test
	void applicationAddsVendorByRow() throws IOException {
		Presets extended = withRows("""
				{"cerebras": {"type": "openai", "base-url": "https://api.cerebras.ai/v1",
				"key-variables": ["CEREBRAS_API_KEY"]}}""");
		assertThat(extended.names()).hasSize(16);
		assertThat(extended.find("cerebras").orElseThrow().keyRequired()).isTrue();
		assertThat(extended.find("groq")).isPresent();
	}

	@ParameterizedTest
	@ValueSource(strings = { "anthropic", "ollama" })
	void quirksOfAFormatThatHasNoneAreAMistake(String type) {
		assertThatExceptionOfType(LlmConfigException.class)
			.isThrownBy(() -> withRows("{\"mine\": {\"type\": \"" + type + "\", \"quirks\": [\"no-stream-options\"]}}"))
			.withMessageContaining("'mine'")
			.withMessageContaining("no-stream-options")
			.withMessageContaining("openai");
	}

	@Test
	void rowOfApplicationWins() throws IOException {
		Presets extended = withRows("""
				{"groq": {"type": "openai", "base-url": "https://groq.example/v1", "key-required": false}}""");
		assertThat(extended.names()).hasSize(15);
		assertThat(extended.find("groq").orElseThrow().baseUrl()).isEqualTo("https://groq.example/v1");
	}

	@ParameterizedTest
	@ValueSource(strings = { "{\"x\": {\"type\": \"soap\"}}", "{\"x\": {}}", "{\"x\": null}", "{\"X y\": {}}",
			"nonsense", "{\"x\": {\"type\": \"openai\", \"base-uri\": \"https://x\"}}" })
	void wrongRowIsExplained(String json) {
		assertThatExceptionOfType(LlmConfigException.class).isThrownBy(() -> withRows(json))
			.withMessageContaining("presets.json");
	}

	private Presets withRows(String json) throws IOException {
		Path file = this.directory.resolve(Presets.RESOURCE);
		Files.createDirectories(file.getParent());
		Files.writeString(file, json);
		try (URLClassLoader loader = new URLClassLoader(new URL[] { this.directory.toUri().toURL() })) {
			return Presets.load(loader);
		}
	}

}
