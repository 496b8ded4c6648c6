package io.arcllm.sample;

import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.SpringApplicationAotProcessor;
import org.springframework.context.aot.AbstractAotProcessor;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The sample can be prepared at build time, with its simulator.
 */
class AheadOfTimeTests {

	@Test
	void contextIsPreparedWithTheSimulatorOn(@TempDir Path folder) {
		AbstractAotProcessor.Settings settings = AbstractAotProcessor.Settings.builder()
			.sourceOutput(folder.resolve("sources"))
			.resourceOutput(folder.resolve("resources"))
			.classOutput(folder.resolve("classes"))
			.groupId("io.arcllm")
			.artifactId("sample-app")
			.build();
		new SpringApplicationAotProcessor(SampleApplication.class, settings, new String[0]).process();
		assertThat(Files
			.exists(folder.resolve("sources/io/arcllm/sample/SampleApplication__ApplicationContextInitializer.java")))
			.isTrue();
	}

}
