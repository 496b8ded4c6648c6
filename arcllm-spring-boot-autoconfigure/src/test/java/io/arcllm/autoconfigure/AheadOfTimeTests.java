package io.arcllm.autoconfigure;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import javax.tools.ToolProvider;

import io.arcllm.Content;
import io.arcllm.LlmResponse;
import io.arcllm.ToolCall;
import io.arcllm.module.cache.CachedAnswer;
import io.arcllm.module.retry.RetrySettings;
import io.arcllm.provider.Preset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.boot.SpringApplicationAotProcessor;
import org.springframework.context.aot.AbstractAotProcessor;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The context can be prepared at build time.
 */
class AheadOfTimeTests {

	private static final String CLASS_PATH = System.getProperty("surefire.test.class.path",
			System.getProperty("java.class.path"));

	@TempDir
	Path folder;

	@Test
	void whatIsReadByReflectionIsKept() {
		RuntimeHints hints = new RuntimeHints();
		new ArcllmRuntimeHints().registerHints(hints, getClass().getClassLoader());
		assertThat(RuntimeHintsPredicates.resource().forResource("META-INF/arcllm/defaults.properties")).accepts(hints);
		assertThat(RuntimeHintsPredicates.resource().forResource("io/arcllm/provider/presets.json")).accepts(hints);
		assertThat(RuntimeHintsPredicates.reflection().onType(RetrySettings.class)).accepts(hints);
		assertThat(RuntimeHintsPredicates.reflection().onType(Preset.class)).accepts(hints);
		for (Class<?> kept : List.of(CachedAnswer.class, LlmResponse.class, Content.Text.class, Content.Bytes.class,
				ToolCall.VendorData.class)) {
			assertThat(RuntimeHintsPredicates.reflection().onType(kept)).as(kept.getName()).accepts(hints);
		}
	}

	@ParameterizedTest
	@CsvSource({ "anthropic, openai", "house, openai", "anthropic/other, anthropic/other;house" })
	void primaryIsChosenWhenThePreparedApplicationIsRun(String prepared, String chosen) throws IOException {
		prepare(prepared);
		for (String provider : chosen.split(";")) {
			assertThat(run(provider)).contains("Asks Timeout(" + provider.split("/")[0] + ")");
		}
	}

	private void prepare(String provider) throws IOException {
		AbstractAotProcessor.Settings settings = AbstractAotProcessor.Settings.builder()
			.sourceOutput(this.folder.resolve("sources"))
			.resourceOutput(this.folder.resolve("classes"))
			.classOutput(this.folder.resolve("classes"))
			.groupId("io.arcllm")
			.artifactId("prepared")
			.build();
		new SpringApplicationAotProcessor(PreparedApplication.class, settings, arguments(provider)).process();
		List<String> compiler = new ArrayList<>(
				List.of("-nowarn", "-proc:none", "-cp", classPath(), "-d", this.folder.resolve("classes").toString()));
		try (Stream<Path> sources = Files.walk(this.folder.resolve("sources"))) {
			sources.map(Path::toString).filter((source) -> source.endsWith(".java")).forEach(compiler::add);
		}
		assertThat(ToolProvider.getSystemJavaCompiler().run(null, null, null, compiler.toArray(String[]::new)))
			.isZero();
	}

	/** What the prepared application says, in a process of its own. */
	private String run(String provider) throws IOException {
		List<String> command = new ArrayList<>(
				List.of(Path.of(System.getProperty("java.home"), "bin/java").toString(), "-Dspring.aot.enabled=true",
						"-XX:TieredStopAtLevel=1", "-cp", classPath(), PreparedApplication.class.getName()));
		command.addAll(List.of(arguments(provider)));
		Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
		return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
	}

	private String classPath() {
		return this.folder.resolve("classes") + File.pathSeparator + CLASS_PATH;
	}

	private static String[] arguments(String provider) {
		return new String[] { "--arcllm.provider=" + provider, "--arcllm.providers.anthropic.api-key=k",
				"--arcllm.providers.openai.api-key=k" };
	}

}
