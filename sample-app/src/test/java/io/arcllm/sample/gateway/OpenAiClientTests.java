package io.arcllm.sample.gateway;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;

import io.arcllm.ErrorKind;
import io.arcllm.LlmEvent;
import io.arcllm.LlmException;
import io.arcllm.LlmProvider;
import io.arcllm.LlmResponse;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;

import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Bean;
import org.springframework.util.FileSystemUtils;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * OpenAI's own client works against the gateway as it is. Skipped without node and npm,
 * unless {@code NODE_TESTS=required}.
 */
@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
		properties = { "simulator.pace.first-token=0s", "simulator.pace.tokens-per-second=0", "simulator.fail-every=0",
				"arcllm.modules.retry.enabled=false", "arcllm.modules.fallback.enabled=false",
				"arcllm.modules.circuit-breaker.enabled=false", "gateway.models=any",
				"arcllm.models.gpt-4o=anthropic" })
class OpenAiClientTests {

	@LocalServerPort
	private int port;

	@Test
	@Timeout(300)
	void officialClientWorksUnchanged() throws Exception {
		for (String tool : List.of("node", "npm")) {
			boolean found = Stream.of(System.getenv("PATH").split(File.pathSeparator))
				.anyMatch((folder) -> Files.isExecutable(Path.of(folder, tool)));
			String message = "Skipped: there is no " + tool + " on this machine";
			Assertions.assertTrue(found || !"required".equals(System.getenv("NODE_TESTS")), message);
			Assumptions.assumeTrue(found, message);
		}
		Path folder = Path.of("target", "openai-sdk");
		FileSystemUtils.copyRecursively(Path.of("src", "test", "openai-sdk"), folder);
		run(folder, "npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts");
		run(folder, "node", "--test", "gateway.test.js");
	}

	private void run(Path folder, String... command) throws IOException, InterruptedException {
		Path output = folder.resolve(command[0] + ".log");
		ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile())
			.redirectErrorStream(true)
			.redirectOutput(output.toFile());
		builder.environment().put("GATEWAY", "http://localhost:" + this.port + "/v1");
		Process process = builder.start();
		try {
			assertThat(process.waitFor(140, TimeUnit.SECONDS)).as(() -> "ends: " + read(output)).isTrue();
			assertThat(process.exitValue()).as(() -> read(output)).isZero();
		}
		finally {
			process.destroyForcibly();
		}
	}

	private static String read(Path output) {
		try {
			return Files.readString(output);
		}
		catch (IOException ex) {
			return ex.toString();
		}
	}

	@TestConfiguration
	static class Broken {

		private static final Flux<LlmEvent> HALF = Flux.just(new LlmEvent.TextDelta("Half of"));

		/**
		 * Does what its model names: hangs, tells when such a call was cancelled, or
		 * fails.
		 */
		@Bean
		LlmProvider broken() {
			AtomicBoolean failed = new AtomicBoolean();
			Map<String, Sinks.Empty<LlmEvent>> cancelled = new ConcurrentHashMap<>();
			return (request) -> {
				String[] model = String.valueOf(request.model()).split("/", 2);
				Sinks.Empty<LlmEvent> left = cancelled.computeIfAbsent(model[model.length - 1],
						(name) -> Sinks.empty());
				return switch (model[0]) {
					case "hang" -> Flux.concat(HALF, Flux.never()).doOnCancel(left::tryEmitEmpty);
					case "cancelled" -> left.asMono().concatWith(answer("It was"));
					case "cut" -> Flux.concat(HALF, Flux.error(failure(ErrorKind.INTERRUPTED, null)));
					case "once" -> failed.compareAndSet(false, true)
							? Flux.error(failure(ErrorKind.RATE_LIMITED, Duration.ofMillis(1200)))
							: answer("Better now");
					default -> Flux.error(failure(ErrorKind.valueOf(model[0]), null));
				};
			};
		}

		private static Flux<LlmEvent> answer(String text) {
			return Flux.just(new LlmEvent.Completed(LlmResponse.of(text)));
		}

		private static LlmException failure(ErrorKind kind, @Nullable Duration retryAfter) {
			return LlmException.of(kind, "It is " + kind).provider("broken").retryAfter(retryAfter).build();
		}

	}

}
