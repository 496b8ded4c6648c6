package io.arcllm.autoconfigure;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;

import io.arcllm.LlmProvider;
import io.arcllm.LlmResponse;
import io.arcllm.PromptServers;
import io.arcllm.WholeAndStreamed;
import mockwebserver3.MockWebServer;
import mockwebserver3.junit5.StartStop;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.webclient.autoconfigure.WebClientAutoConfiguration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The row that the documentation shows makes a vendor known, with nothing else than a
 * model and a key.
 */
class SixteenthVendorTests {

	@StartStop
	final MockWebServer server = PromptServers.create();

	@TempDir
	Path application;

	@WholeAndStreamed
	void vendorIsAddedByTheRowOfTheDocumentation(boolean streaming) throws IOException {
		String page = Files.readString(Path.of("../docs/providers.md"));
		int start = page.indexOf("```json") + "```json".length();
		String row = page.substring(start, page.indexOf("```", start));
		Path presets = Files.createDirectories(this.application.resolve("META-INF/arcllm")).resolve("presets.json");
		Files.writeString(presets,
				row.replace("https://api.cerebras.ai/v1", "http://127.0.0.1:" + this.server.getPort() + "/v1"));
		Vendor vendor = Vendor.on(this.server);
		URL[] classPath = { this.application.toUri().toURL() };
		try (URLClassLoader loader = new URLClassLoader(classPath, getClass().getClassLoader())) {
			new ApplicationContextRunner().withClassLoader(loader)
				.withConfiguration(AutoConfigurations.of(ArcllmPropertiesAutoConfiguration.class,
						ArcllmAutoConfiguration.class, WebClientAutoConfiguration.class, SslAutoConfiguration.class))
				.withPropertyValues("arcllm.providers.cerebras.model=llama", "CEREBRAS_API_KEY=k16")
				.run((context) -> {
					LlmResponse answer = Vendors.ask(context.getBean(LlmProvider.class), streaming);
					assertThat(answer.text()).isEqualTo("Hi");
					assertThat(answer.provider()).isEqualTo("cerebras");
				});
		}
		assertThat(vendor.keys()).containsExactly("k16");
	}

}
