package io.arcllm.sample;

import java.io.IOException;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

import io.arcllm.LlmProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What the README shows is true.
 */
class ReadmeTests {

	private static final Path README = Path.of("..", "README.md");

	@TempDir
	Path folder;

	@Test
	void configurationStarts() throws IOException {
		Path yaml = Files.writeString(this.folder.resolve("application.yml"), block("yaml"));
		try (ConfigurableApplicationContext context = new SpringApplicationBuilder(Application.class)
			.web(WebApplicationType.NONE)
			.run("--spring.config.location=" + yaml.toUri(), "--ANTHROPIC_API_KEY=a", "--OPENAI_API_KEY=b")) {
			assertThat(context.getBean(LlmProvider.class).toString())
				.contains("Fallback(Hedge(Retry(CircuitBreaker(Timeout(anthropic)))))");
		}
	}

	@Test
	void codeCompiles() throws IOException {
		JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
		StringWriter messages = new StringWriter();
		String imports = """
				import io.arcllm.*;
				import org.springframework.web.bind.annotation.*;
				import reactor.core.publisher.Mono;
				""";
		boolean compiled = compiler
			.getTask(messages, null, null, List.of("-d", this.folder.toString(), "-proc:none"), null,
					List.of(source(imports + block("java"))))
			.call();
		assertThat(compiled).as(messages.toString()).isTrue();
	}

	@Test
	void linksLeadSomewhere() throws IOException {
		Matcher links = Pattern.compile("]\\(([^)#]+)[^)]*\\)").matcher(Files.readString(README));
		assertThat(links.results().map((link) -> link.group(1)).filter((link) -> !link.startsWith("http"))).isNotEmpty()
			.allSatisfy((link) -> assertThat(README.resolveSibling(link)).exists());
	}

	private static String block(String language) throws IOException {
		Matcher block = Pattern.compile("```" + language + "\\n(.*?)```", Pattern.DOTALL)
			.matcher(Files.readString(README));
		assertThat(block.find()).isTrue();
		return block.group(1);
	}

	private static JavaFileObject source(String code) {
		return new SimpleJavaFileObject(URI.create("string:///QuestionController.java"), JavaFileObject.Kind.SOURCE) {
			@Override
			public CharSequence getCharContent(boolean ignoreEncodingErrors) {
				return code;
			}
		};
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

}
