package io.arcllm.test;

import java.time.Duration;
import java.util.Map;

import io.arcllm.ErrorKind;
import io.arcllm.LlmException;
import io.arcllm.LlmProvider;
import io.arcllm.LlmProviders;
import io.arcllm.LlmRequest;
import io.arcllm.LlmTool;
import io.arcllm.ToolLoop;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Configuration;

import static io.arcllm.test.ArcllmAssertions.assertThat;
import static io.arcllm.test.ArcllmAssertions.assertThatExceptionOfType;
import static io.arcllm.test.ArcllmAssertions.catchThrowableOfType;

/**
 * Scripts as beans, behind an application's own stack.
 */
class ScriptedBeanTests {

	private final ScriptedLlm first = ScriptedLlm.create("first");

	private final ScriptedLlm second = ScriptedLlm.create("second");

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withUserConfiguration(Application.class)
		.withBean("first", LlmProvider.class, () -> this.first)
		.withBean("second", LlmProvider.class, () -> this.second)
		.withPropertyValues("arcllm.provider=first", "arcllm.modules.fallback.enabled=true",
				"arcllm.modules.fallback.chain=second", "arcllm.modules.circuit-breaker.enabled=true");

	@Test
	void chainsAndBreakersGoByTheScript() {
		this.first.fail(ErrorKind.OVERLOADED).fail(ErrorKind.OVERLOADED).fail(ErrorKind.OVERLOADED);
		this.second.answer("1").answer("2").answer("3").answer("4");
		this.runner.run((context) -> {
			LlmProvider llm = context.getBean(LlmProviders.class).primary();
			for (int i = 0; i < 3; i++) {
				assertThat(llm.invoke("Hi")).isFrom("second").trail().asked("first", "second");
			}
			assertThat(llm.invoke("Hi")).hasText("4")
				.trail()
				.asked("second")
				.skipped("first", ErrorKind.CIRCUIT_OPEN)
				.hasRequests(1);
			assertThat(this.first.asked()).hasSize(3);
		});
	}

	@Test
	void waitsAreTold() {
		this.first.fail(ErrorKind.RATE_LIMITED, Duration.ofSeconds(7));
		this.second.fail(ErrorKind.OVERLOADED);
		this.runner.run((context) -> {
			LlmException failure = catchThrowableOfType(LlmException.class,
					() -> context.getBean(LlmProviders.class).primary().invoke("Hi"));
			assertThat(failure).hasKind(ErrorKind.RATE_LIMITED)
				.hasRetryAfter(Duration.ofSeconds(7))
				.trail()
				.asked("first", "second");
		});
	}

	@Test
	void callThatWasNotScriptedIsNamedAndAsksNoOther() {
		this.runner.run((context) -> {
			assertThatExceptionOfType(LlmException.class)
				.isThrownBy(() -> context.getBean(LlmProviders.class).primary().invoke("surprise"))
				.withMessageContaining("Not scripted")
				.withMessageContaining("surprise");
			assertThat(this.second.asked()).isEmpty();
		});
	}

	@Test
	void toolsAreCalledByTheScript() {
		this.first.toolCall("add", Map.of("one", 2, "other", 3)).answer("five");
		this.runner.run((context) -> {
			LlmProvider llm = context.getBean(LlmProviders.class).primary();
			assertThat(ToolLoop.of(llm).tools(new Adder()).run(LlmRequest.of("2 + 3?"))).hasText("five");
			assertThat(this.first.asked().get(1).messages().get(2).content().toString()).contains("text=5");
		});
	}

	@Test
	void failedAssertionsShowTheTrail() {
		this.first.answer("1");
		this.runner.run((context) -> {
			var answer = context.getBean(LlmProviders.class).primary().invoke("Hi");
			assertThatExceptionOfType(AssertionError.class)
				.isThrownBy(() -> assertThat(answer).trail().asked("first", "second"))
				.withMessageContaining("second")
				.withMessageContaining("in the trail");
			assertThatExceptionOfType(AssertionError.class)
				.isThrownBy(() -> assertThat(answer).trail().skipped("second", ErrorKind.CIRCUIT_OPEN))
				.withMessageContaining("CIRCUIT_OPEN");
			assertThatExceptionOfType(AssertionError.class).isThrownBy(() -> assertThat(answer).isFrom("second"));
		});
	}

	static final class Adder {

		@LlmTool("Adds two numbers")
		int add(int one, int other) {
			return one + other;
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

}
