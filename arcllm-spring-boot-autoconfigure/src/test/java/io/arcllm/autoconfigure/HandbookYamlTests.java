package io.arcllm.autoconfigure;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import io.arcllm.LlmProvider;
import io.arcllm.LlmRequest;
import dev.langchain4j.model.chat.StreamingChatModel;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.ai.chat.model.ChatModel;
import org.springframework.ai.chat.model.ChatResponse;
import reactor.core.publisher.Flux;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.annotation.ImportCandidates;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.util.ClassUtils;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * An application starts with each piece of YAML that the handbook shows.
 */
@Execution(ExecutionMode.CONCURRENT)
class HandbookYamlTests {

	private static final Pattern YAML = Pattern.compile("```yaml\\n(.*?)```", Pattern.DOTALL);

	/** What the pages take for granted, and what a piece of YAML changes. */
	private static final Map<String, Object> AROUND = Map.of("arcllm.provider", "anthropic",
			"arcllm.providers.anthropic.model", "claude-sonnet-4-5", "arcllm.providers.anthropic.api-key",
			"an-example-key", "arcllm.providers.openai.model", "gpt-5-mini", "arcllm.providers.openai.api-key",
			"another-example-key", "arcllm.providers.ollama.model", "llama3.2", "arcllm.modules.budget.unknown-price",
			"allow", "arcllm.warm-up", "none");

	private static List<Arguments> pieces() throws IOException {
		List<Arguments> pieces = new ArrayList<>();
		try (Stream<Path> pages = Files.list(Path.of("../docs"))) {
			List<Path> all = Stream.concat(pages, Stream.of(Path.of("../README.md")))
				.filter((page) -> page.toString().endsWith(".md"))
				.sorted()
				.toList();
			for (Path page : all) {
				Matcher yaml = YAML.matcher(Files.readString(page));
				while (yaml.find()) {
					pieces.add(Arguments.argumentSet(page.getFileName() + " at " + yaml.start(), yaml.group(1)));
				}
			}
		}
		assertThat(pieces).hasSizeGreaterThan(30);
		return pieces;
	}

	@ParameterizedTest
	@MethodSource("pieces")
	void applicationStartsWithIt(String yaml) {
		runner(yaml).withInitializer((context) -> add(yaml, (ConfigurableEnvironment) context.getEnvironment()))
			.withConfiguration(AutoConfigurations.of(autoConfigurations()))
			.withConfiguration(AutoConfigurations.of(DataRedisAutoConfiguration.class))
			.withBean("ownLlmProvider", LlmProvider.class, () -> (LlmRequest request) -> Flux.empty())
			.run((context) -> assertThat(context).hasNotFailed());
	}

	/** An application that has the models of other libraries which the piece names. */
	private static ApplicationContextRunner runner(String yaml) {
		ApplicationContextRunner runner = new ApplicationContextRunner();
		if (yaml.contains("spring-ai")) {
			return runner.withBean("bedrockConverseChatModel", ChatModel.class,
					() -> (prompt) -> new ChatResponse(List.of()));
		}
		return yaml.contains("langchain4j") ? runner.withBean(yaml.contains("openAi") ? "openAi" : "houseChatModel",
				dev.langchain4j.model.chat.ChatModel.class, () -> new dev.langchain4j.model.chat.ChatModel() {
				})
			.withBean("houseStreamingChatModel", StreamingChatModel.class, () -> new StreamingChatModel() {
			}) : runner;
	}

	private static Class<?>[] autoConfigurations() {
		return ImportCandidates.load(AutoConfiguration.class, null)
			.getCandidates()
			.stream()
			.filter((name) -> name.startsWith("io.arcllm."))
			.map((name) -> ClassUtils.resolveClassName(name, null))
			.toArray(Class<?>[]::new);
	}

	private static void add(String yaml, ConfigurableEnvironment environment) {
		environment.getPropertySources().addLast(new MapPropertySource("around", AROUND));
		try {
			new YamlPropertySourceLoader()
				.load("handbook", new ByteArrayResource(yaml.getBytes(StandardCharsets.UTF_8)))
				.forEach(environment.getPropertySources()::addFirst);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
