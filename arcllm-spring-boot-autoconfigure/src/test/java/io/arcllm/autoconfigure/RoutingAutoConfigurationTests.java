package io.arcllm.autoconfigure;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import io.arcllm.Attempt;
import io.arcllm.ErrorKind;
import io.arcllm.LlmConfigException;
import io.arcllm.LlmEvent;
import io.arcllm.LlmException;
import io.arcllm.LlmProvider;
import io.arcllm.LlmProviders;
import io.arcllm.LlmRequest;
import io.arcllm.LlmResponse;
import io.arcllm.Message;
import io.arcllm.PromptServers;
import io.arcllm.ResponseFormat;
import io.arcllm.Target;
import io.arcllm.WholeAndStreamed;
import io.arcllm.module.TokenCountTests;
import mockwebserver3.MockWebServer;
import mockwebserver3.junit5.StartStop;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.webclient.autoconfigure.WebClientAutoConfiguration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.tuple;

/**
 * Three vendors, and who of them is asked.
 */
@Timeout(60)
class RoutingAutoConfigurationTests {

	@StartStop
	final MockWebServer first = PromptServers.create();

	@StartStop
	final MockWebServer second = PromptServers.create();

	@StartStop
	final MockWebServer third = PromptServers.create();

	private Vendor one;

	private Vendor two;

	private Vendor three;

	@BeforeEach
	void vendors() {
		this.one = Vendor.on(this.first);
		this.two = Vendor.on(this.second);
		this.three = Vendor.on(this.third);
	}

	private ApplicationContextRunner runner(String selection) {
		return new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(ArcllmPropertiesAutoConfiguration.class,
					ArcllmAutoConfiguration.class, ArcllmCircuitBreakerAutoConfiguration.class,
					WebClientAutoConfiguration.class, SslAutoConfiguration.class))
			.withPropertyValues(provider("one", this.first))
			.withPropertyValues(provider("two", this.second))
			.withPropertyValues(provider("three", this.third))
			.withPropertyValues("arcllm.provider=one", "arcllm.modules.fallback.enabled=true",
					"arcllm.modules.fallback.chain=two,three", "arcllm.modules.fallback.selection=" + selection);
	}

	private static String[] provider(String name, MockWebServer server) {
		String prefix = "arcllm.providers." + name + ".";
		return new String[] { prefix + "type=openai", prefix + "base-url=" + server.url("/v1"), prefix + "api-key=k",
				prefix + "model=m" };
	}

	@WholeAndStreamed
	void targetWithoutTheLabelsIsNeverAsked(boolean streamed) {
		this.one.fail(500);
		runner("ordered")
			.withPropertyValues("arcllm.modules.fallback.only=eu,iso", "arcllm.providers.two.labels=eu",
					"arcllm.providers.three.labels=iso,eu,other")
			.run((context) -> {
				LlmResponse answer = ask(context, streamed);
				assertThat(answer.target().provider()).isEqualTo("three");
				assertThat(this.two.asked()).isZero();
				assertThat(answer.trail().attempts()).extracting(Attempt::target, Attempt::outcome)
					.contains(tuple(Target.parse("two/m"), Attempt.Outcome.SKIPPED));
			});
	}

	@WholeAndStreamed
	void sessionGoesToAnotherTargetWhereItsOwnFails(boolean streamed) {
		runner("ordered").withPropertyValues("arcllm.modules.fallback.affinity=session").run((context) -> {
			String own = ask(context, streamed).target().provider();
			assertThat(ask(context, streamed).target().provider()).isEqualTo(own);
			Map.of("one", this.one, "two", this.two, "three", this.three).get(own).fail(500);
			assertThat(ask(context, streamed).target().provider()).isNotEqualTo(own);
		});
	}

	@WholeAndStreamed
	void healthyTargetsAreAskedInsteadOfADeadPrimary(boolean streamed) {
		this.one.fail(500);
		runner("health").run((context) -> {
			for (int i = 0; i < 60; i++) {
				assertThat(ask(context, streamed).text()).isEqualTo("Hi");
			}
			assertThat(this.one.asked()).isLessThan(15);
			assertThat(this.two.asked()).isPositive();
			assertThat(this.three.asked()).isPositive();
		});
	}

	@WholeAndStreamed
	void fastTargetsAreAskedInsteadOfASlowPrimary(boolean streamed) {
		this.one.delay(Duration.ofMillis(300));
		runner("latency").run((context) -> {
			for (int i = 0; i < 60; i++) {
				ask(context, streamed);
			}
			assertThat(this.one.asked()).isLessThan(20);
			assertThat(this.two.asked()).isPositive();
			assertThat(this.three.asked()).isPositive();
		});
	}

	@Test
	void allStacksLearnFromEachOther() {
		this.one.fail(500);
		runner("health").run((context) -> {
			LlmProviders providers = context.getBean(LlmProviders.class);
			LlmProvider alone = providers.load("one", (options) -> options.fallback(false));
			for (int i = 0; i < 20; i++) {
				catchThrowableOfType(LlmException.class, () -> alone.invoke("Hi"));
			}
			int before = this.one.asked();
			for (int i = 0; i < 40; i++) {
				ask(context, false);
			}
			assertThat(this.one.asked() - before).isLessThan(8);
		});
	}

	@WholeAndStreamed
	void cheapestIsAskedFirstThenTheNextThenTheUnknown(boolean streamed) {
		runner("cost")
			.withPropertyValues("arcllm.providers.two.models[0].name=m", "arcllm.providers.two.models[0].price.input=2",
					"arcllm.providers.two.models[0].price.output=4", "arcllm.providers.three.models[0].name=m",
					"arcllm.providers.three.models[0].price.input=1", "arcllm.providers.three.models[0].price.output=2")
			.run((context) -> {
				assertThat(ask(context, streamed).provider()).isEqualTo("three");
				this.three.fail(500);
				assertThat(ask(context, streamed).provider()).isEqualTo("two");
				this.two.fail(500);
				assertThat(asked(ask(context, streamed))).containsExactly("three", "two", "one");
			});
	}

	@Test
	void cheapestDependsOnTheRequest() {
		runner("cost")
			.withPropertyValues("arcllm.providers.one.models[0].name=m", "arcllm.providers.one.models[0].price.input=1",
					"arcllm.providers.one.models[0].price.output=20", "arcllm.providers.two.models[0].name=m",
					"arcllm.providers.two.models[0].price.input=2", "arcllm.providers.two.models[0].price.output=2")
			.run((context) -> {
				LlmProvider provider = context.getBean(LlmProvider.class);
				assertThat(provider.invoke("Hi").provider()).isEqualTo("two");
				assertThat(provider.invoke("word ".repeat(20_000)).provider()).isEqualTo("one");
				assertThat(
						provider.invoke(LlmRequest.of("word ".repeat(1000)).mutate().maxTokens(10).build()).provider())
					.isEqualTo("one");
			});
	}

	@WholeAndStreamed
	void targetsAreAskedByWeight(boolean streamed) {
		runner("weighted").withPropertyValues("arcllm.modules.fallback.weights=one=0, two/m=3, three=0")
			.run((context) -> {
				for (int i = 0; i < 10; i++) {
					assertThat(ask(context, streamed).provider()).isEqualTo("two");
				}
				this.two.fail(500);
				assertThat(asked(ask(context, streamed))).containsExactly("two", "one");
			});
	}

	@WholeAndStreamed
	void targetsAreAskedInTurnByAllStacks(boolean streamed) {
		runner("round-robin").run((context) -> {
			LlmProvider other = context.getBean(LlmProviders.class)
				.load("one", (options) -> options.module("timeout", false));
			for (int i = 0; i < 6; i++) {
				ask(context, streamed);
				ask(other, LlmRequest.of("Hi"), streamed);
			}
			assertThat(List.of(this.one.asked(), this.two.asked(), this.three.asked())).containsExactly(4, 4, 4);
		});
	}

	@WholeAndStreamed
	void openBreakerIsPassedOverWithoutBeingAsked(boolean streamed) {
		this.two.fail(500);
		runner("round-robin")
			.withPropertyValues("arcllm.modules.circuit-breaker.enabled=true",
					"arcllm.modules.circuit-breaker.consecutive-failures=1")
			.run((context) -> {
				for (int i = 0; i < 30; i++) {
					ask(context, streamed);
				}
				assertThat(this.two.asked()).isEqualTo(1);
				assertThat(this.one.asked()).isBetween(14, 16);
				LlmResponse answer = ask(context, streamed);
				answer = ask(context, streamed);
				assertThat(answer.trail().attempts().get(0)).satisfies((attempt) -> {
					assertThat(attempt.target().provider()).isEqualTo("two");
					assertThat(attempt.outcome()).isEqualTo(Attempt.Outcome.SKIPPED);
					assertThat(attempt.error()).isEqualTo(ErrorKind.CIRCUIT_OPEN);
				});
			});
	}

	@WholeAndStreamed
	void tooSmallContextWindowIsPassedOverWithoutBeingAsked(boolean streamed) {
		runner("round-robin")
			.withPropertyValues("arcllm.providers.one.models[0].name=m",
					"arcllm.providers.one.models[0].context-window=100", "arcllm.providers.two.models[0].name=m",
					"arcllm.providers.two.models[0].context-window=100")
			.run((context) -> {
				for (int i = 0; i < 6; i++) {
					assertThat(ask(context.getBean(LlmProvider.class), LlmRequest.of("word ".repeat(1000)), streamed)
						.provider()).isEqualTo("three");
				}
				assertThat(this.one.asked() + this.two.asked()).isZero();
			});
	}

	@WholeAndStreamed
	void hopWhoseContextWindowTheToolsExceedIsPassedOver(boolean streamed) {
		this.one.fail(503);
		runner("ordered")
			.withPropertyValues("arcllm.providers.two.models[0].name=m",
					"arcllm.providers.two.models[0].context-window=8000")
			.run((context) -> {
				LlmRequest request = LlmRequest.builder()
					.messages(Message.user("hi"))
					.tools(TokenCountTests.tool(400))
					.build();
				assertThat(ask(context.getBean(LlmProvider.class), request, streamed).provider()).isEqualTo("three");
				assertThat(this.two.asked()).isZero();
			});
	}

	@Test
	void primaryThatIsAskedInOrderIsAskedHoweverLongTheRequest() {
		runner("ordered")
			.withPropertyValues("arcllm.providers.one.models[0].name=m",
					"arcllm.providers.one.models[0].context-window=100")
			.run((context) -> assertThat(context.getBean(LlmProvider.class).invoke("word ".repeat(1000)).provider())
				.isEqualTo("one"));
	}

	@ParameterizedTest
	@CsvSource({ "health", "latency", "cost", "weighted", "round-robin" })
	void errorIsThatOfTheConfiguredPrimaryWhoeverWasAskedLast(String selection) {
		this.one.fail(500);
		this.two.fail(502);
		this.three.fail(503);
		runner(selection).run((context) -> {
			for (int i = 0; i < 5; i++) {
				LlmException failure = catchThrowableOfType(LlmException.class, () -> ask(context, false));
				assertThat(failure.provider()).isEqualTo("one");
				assertThat(failure.status()).isEqualTo(500);
				assertThat(failure.others()).hasSize(2);
			}
		});
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			openai=2      | there is no provider 'openai'
			tow=2         | Did you mean 'two'?
			two/other=2   | names 'two/other', which is not in the chain
			two           | weights must be written <target>=<number>
			two=-1        | weights must be written <target>=<number>
			two=1,two=2   | weights must name a target once
			""")
	void mistakeInWeightsStopsTheStart(String weights, String message) {
		runner("weighted").withPropertyValues("arcllm.modules.fallback.weights=" + weights).run((context) -> {
			LlmConfigException failure = cause(context.getStartupFailure());
			assertThat(failure.getMessage() + failure).contains(message);
		});
	}

	@WholeAndStreamed
	void answerThatIsNoUseIsSaidInTheTrailAndOpensNoBreaker(boolean streamed) {
		runner("ordered")
			.withPropertyValues("arcllm.modules.fallback.on-answer=invalid-schema",
					"arcllm.modules.streams.commit=full", "arcllm.modules.circuit-breaker.enabled=true",
					"arcllm.modules.circuit-breaker.consecutive-failures=1")
			.run((context) -> {
				LlmRequest request = LlmRequest.of("Hi").mutate().responseFormat(ResponseFormat.JSON).build();
				for (int i = 1; i <= 2; i++) {
					LlmResponse answer = ask(context.getBean(LlmProvider.class), request, streamed);
					assertThat(answer.provider()).isEqualTo("one");
					assertThat(asked(answer)).containsExactly("one", "two", "three");
					assertThat(answer.trail().attempts()).extracting(Attempt::reason)
						.containsOnly("the answer is no use: invalid-schema");
					assertThat(this.one.asked()).isEqualTo(i);
				}
			});
	}

	private static LlmConfigException cause(Throwable failure) {
		Throwable cause = failure;
		while (!(cause instanceof LlmConfigException)) {
			cause = Objects.requireNonNull(cause).getCause();
		}
		return (LlmConfigException) cause;
	}

	private static LlmResponse ask(AssertableApplicationContext context, boolean streamed) {
		return ask(context.getBean(LlmProvider.class), LlmRequest.of("Hi"), streamed);
	}

	private static LlmResponse ask(LlmProvider provider, LlmRequest request, boolean streamed) {
		if (!streamed) {
			return provider.invoke(request);
		}
		LlmEvent last = provider.stream(request).blockLast(Duration.ofSeconds(10));
		return Objects.requireNonNull(last).answer();
	}

	private static List<String> asked(LlmResponse answer) {
		return answer.trail().attempts().stream().map((attempt) -> attempt.target().provider()).toList();
	}

}
