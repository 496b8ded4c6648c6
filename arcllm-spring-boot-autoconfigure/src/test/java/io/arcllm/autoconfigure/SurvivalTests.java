package io.arcllm.autoconfigure;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

import io.arcllm.Attempt;
import io.arcllm.CallOptions;
import io.arcllm.ErrorKind;
import io.arcllm.LlmException;
import io.arcllm.LlmProvider;
import io.arcllm.LlmProviders;
import io.arcllm.LlmRequest;
import io.arcllm.LlmResponse;
import io.arcllm.PromptServers;
import io.arcllm.WholeAndStreamed;
import io.arcllm.module.CallListener;
import mockwebserver3.MockWebServer;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.retry.RetryPolicy;
import org.springframework.retry.backoff.BackOffPolicy;
import org.springframework.retry.backoff.NoBackOffPolicy;
import org.springframework.retry.backoff.StatelessBackOffPolicy;
import org.springframework.retry.policy.SimpleRetryPolicy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Calls through the whole stack of a configured application, over real sockets.
 */
class SurvivalTests {

	@AutoClose
	private final Vendors vendors = new Vendors();

	private ApplicationContextRunner retrying() {
		return this.vendors.runner().withPropertyValues("arcllm.modules.retry.enabled=true");
	}

	private ApplicationContextRunner chained(String chain) {
		return this.vendors.runner()
			.withPropertyValues("arcllm.modules.fallback.enabled=true", "arcllm.modules.fallback.chain=" + chain);
	}

	private static LlmException failure(LlmProvider provider, boolean streaming) {
		LlmException[] failure = new LlmException[1];
		assertThatExceptionOfType(LlmException.class).isThrownBy(() -> Vendors.ask(provider, streaming))
			.satisfies((ex) -> failure[0] = ex);
		return failure[0];
	}

	@WholeAndStreamed
	void oneCallAndNoRetryWhenTheFirstSucceeds(boolean streaming) {
		this.vendors.first.enqueue(Vendors.says("hello", streaming));
		retrying().run((context) -> {
			LlmResponse answer = Vendors.ask(context.getBean(LlmProvider.class), streaming);
			assertThat(answer.text()).isEqualTo("hello");
			assertThat(answer.trail().attempts()).hasSize(1);
			assertThat(this.vendors.first.getRequestCount()).isOne();
		});
	}

	@Test
	void answerKeepsTheBodyItCameInToItself() {
		this.vendors.first.enqueue(Vendors.says("hello", false));
		retrying().run((context) -> {
			LlmResponse answer = Vendors.ask(context.getBean(LlmProvider.class), false);
			assertThat(answer.rawBody()).contains("finish_reason");
			assertThat(answer.toString()).doesNotContain("finish_reason");
			assertThat(JsonMapper.builder().build().writeValueAsString(answer)).contains("hello")
				.doesNotContain("finish_reason");
		});
	}

	@WholeAndStreamed
	void connectionIsUsedAgainAfterAnAnswer(boolean streaming) {
		for (int i = 0; i < 3; i++) {
			this.vendors.first.enqueue(Vendors.says("hello", streaming));
		}
		retrying().withPropertyValues("arcllm.providers.first.http.max-connections=1").run((context) -> {
			for (int i = 0; i < 3; i++) {
				Vendors.ask(context.getBean(LlmProvider.class), streaming);
				assertThat(this.vendors.first.takeRequest().getConnectionIndex()).isZero();
			}
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "429", "500", "502", "503", "529", "reset", "silence" })
	@Execution(ExecutionMode.CONCURRENT)
	void oneRetryThenSuccess(String how) {
		for (boolean streaming : new boolean[] { false, true }) {
			this.vendors.first.enqueue(Vendors.fails(how));
			this.vendors.first.enqueue(Vendors.says("hello", streaming));
			retrying().withPropertyValues(Vendors.limits(how.equals("silence") ? "2s" : "20s")).run((context) -> {
				LlmResponse answer = Vendors.ask(context.getBean(LlmProvider.class), streaming);
				assertThat(answer.text()).isEqualTo("hello");
				assertThat(answer.trail().attempts()).extracting(Attempt::outcome)
					.containsExactly(Attempt.Outcome.FAILED, Attempt.Outcome.COMPLETED);
			});
		}
	}

	@WholeAndStreamed
	void oneRetryThenSuccessAfterARefusedConnection(boolean streaming) throws IOException {
		int port = this.vendors.first.getPort();
		this.vendors.first.close();
		try (MockWebServer again = PromptServers.create()) {
			again.enqueue(Vendors.says("hello", streaming));
			CallListener starter = (attempt, before) -> {
				if (before.attempts().isEmpty()) {
					start(again, port);
				}
			};
			retrying().withBean(CallListener.class, () -> starter).run((context) -> {
				LlmResponse answer = Vendors.ask(context.getBean(LlmProvider.class), streaming);
				assertThat(answer.text()).isEqualTo("hello");
				assertThat(answer.trail().attempts()).extracting(Attempt::error)
					.containsExactly(ErrorKind.NETWORK, null);
			});
		}
	}

	private static void start(MockWebServer server, int port) {
		try {
			server.start(port);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@WholeAndStreamed
	void customCodesAndCountsReplaceTheUsualOnes(boolean streaming) {
		for (String status : new String[] { "418", "418", "418", "503" }) {
			this.vendors.first.enqueue(Vendors.fails(status));
		}
		retrying()
			.withPropertyValues("arcllm.modules.retry.retryable-status-codes=418", "arcllm.modules.retry.max-retries=2")
			.run((context) -> {
				LlmProvider provider = context.getBean(LlmProvider.class);
				assertThat(failure(provider, streaming).trail().requests()).isEqualTo(3);
				assertThat(failure(provider, streaming).trail().requests()).isOne();
			});
	}

	@WholeAndStreamed
	void allFailedGivesThePrimarysErrorWithTheOthersSuppressed(boolean streaming) {
		this.vendors.first.enqueue(Vendors.fails("529"));
		this.vendors.second.enqueue(Vendors.fails("500"));
		this.vendors.third.enqueue(Vendors.fails("401"));
		chained("second,third").run((context) -> {
			LlmException failure = failure(context.getBean(LlmProvider.class), streaming);
			assertThat(failure.status()).isEqualTo(529);
			assertThat(failure.others()).extracting(LlmException::status).containsExactly(500, 401);
			assertThat(failure).hasMessageContaining("first/m0 -> second/m1 -> third/m2");
		});
	}

	@WholeAndStreamed
	void chainThatUsesUpTheAttemptsTellsOfAllThatFailed(boolean streaming) {
		for (int i = 0; i < 2; i++) {
			this.vendors.first.enqueue(Vendors.fails("529"));
			this.vendors.second.enqueue(Vendors.fails("500"));
			this.vendors.third.enqueue(Vendors.fails("503"));
		}
		chained("second,third").withPropertyValues("arcllm.max-attempts=4", "arcllm.modules.retry.enabled=true")
			.run((context) -> {
				LlmException failure = failure(context.getBean(LlmProvider.class), streaming);
				assertThat(failure.trail().requests()).isEqualTo(4);
				assertThat(failure.status()).isEqualTo(529);
				assertThat(failure.others()).extracting(LlmException::status).containsExactly(500, 503);
				assertThat(failure).hasMessageContaining("first/m0 -> second/m1 -> third/m2");
			});
	}

	@WholeAndStreamed
	void emptyChainPassesThrough(boolean streaming) {
		this.vendors.first.enqueue(Vendors.says("hello", streaming));
		this.vendors.first.enqueue(Vendors.fails("529"));
		chained("").run((context) -> {
			LlmProvider provider = context.getBean(LlmProvider.class);
			assertThat(Vendors.ask(provider, streaming).text()).isEqualTo("hello");
			LlmException failure = failure(provider, streaming);
			assertThat(failure.status()).isEqualTo(529);
			assertThat(failure.others()).isEmpty();
			assertThat(failure.getMessage()).doesNotContain("all failed");
		});
	}

	@ParameterizedTest
	@CsvSource({ "true, true, 4", "true, false, 1", "true, 1, 2", "false, true, 4", "false, false, 1", "false, 1, 2" })
	void retryOfTheCallBeatsTheConfiguration(boolean configured, String wanted, int requests) {
		Consumer<CallOptions.Builder> options = switch (wanted) {
			case "true" -> (o) -> o.retry(true);
			case "false" -> (o) -> o.retry(false);
			default -> (o) -> o.retry((r) -> r.maxRetries(Integer.parseInt(wanted)));
		};
		for (boolean streaming : new boolean[] { false, true }) {
			for (int i = 0; i < 2 * requests; i++) {
				this.vendors.first.enqueue(Vendors.fails("503"));
			}
			this.vendors.runner().withPropertyValues("arcllm.modules.retry.enabled=" + configured).run((context) -> {
				LlmProvider loaded = context.getBean(LlmProviders.class).load("first", options);
				assertThat(failure(loaded, streaming).trail().requests()).isEqualTo(requests);
				LlmRequest request = LlmRequest.of("hi").mutate().streaming(streaming).callOptions(options).build();
				LlmProvider injected = context.getBean(LlmProvider.class);
				assertThatExceptionOfType(LlmException.class).isThrownBy(() -> injected.exchange(request).blockLast())
					.satisfies((ex) -> assertThat(ex.trail().requests()).isEqualTo(requests));
			});
		}
	}

	@WholeAndStreamed
	void refusedConnectionIsRetriedAndThenFailsOver(boolean streaming) {
		this.vendors.second.enqueue(Vendors.says("second", streaming));
		this.vendors.first.close();
		retrying().run((context) -> {
			LlmException failure = failure(context.getBean(LlmProvider.class), streaming);
			assertThat(failure.kind()).isEqualTo(ErrorKind.NETWORK);
			assertThat(failure.trail().requests()).isEqualTo(4);
		});
		chained("second").run((context) -> assertThat(Vendors.ask(context.getBean(LlmProvider.class), streaming).text())
			.isEqualTo("second"));
	}

	@WholeAndStreamed
	void exhaustionTakesOneAttemptMoreThanRetries(boolean streaming) {
		for (int i = 0; i < 4; i++) {
			this.vendors.first.enqueue(Vendors.fails("503"));
		}
		retrying().run((context) -> {
			LlmException failure = failure(context.getBean(LlmProvider.class), streaming);
			assertThat(failure.status()).isEqualTo(503);
			assertThat(failure.others()).isEmpty();
			assertThat(this.vendors.first.getRequestCount()).isEqualTo(4);
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "400", "401", "403", "404", "413", "422" })
	void callersMistakeIsNotRepeated(String status) {
		for (boolean streaming : new boolean[] { false, true }) {
			this.vendors.first.enqueue(Vendors.fails(status));
			retrying().run((context) -> {
				LlmException failure = failure(context.getBean(LlmProvider.class), streaming);
				assertThat(failure.status()).isEqualTo(Integer.parseInt(status));
				assertThat(failure.trail().requests()).isOne();
			});
		}
	}

	@WholeAndStreamed
	void programmingErrorPassesThroughAtOnce(boolean streaming) {
		retrying().withUserConfiguration(Faulty.class).withPropertyValues("arcllm.provider=faulty").run((context) -> {
			LlmException failure = failure(context.getBean(LlmProvider.class), streaming);
			assertThat(failure.kind()).isEqualTo(ErrorKind.INVALID_REQUEST);
			assertThat(failure).hasCauseInstanceOf(NullPointerException.class);
			assertThat(failure.trail().requests()).isOne();
		});
	}

	@WholeAndStreamed
	void tooLongAWaitFailsOverOrFailsAtOnce(boolean streaming) {
		for (int i = 0; i < 2; i++) {
			this.vendors.first
				.enqueue(Vendors.json(429, "{\"error\":{\"message\":\"no\"}}").addHeader("retry-after", "300").build());
		}
		this.vendors.second.enqueue(Vendors.says("second", streaming));
		retrying().run((context) -> {
			LlmException failure = failure(context.getBean(LlmProvider.class), streaming);
			assertThat(failure.retryAfter()).isEqualTo(Duration.ofMinutes(5));
			assertThat(failure.trail().requests()).isOne();
		});
		chained("second").withPropertyValues("arcllm.modules.retry.enabled=true")
			.run((context) -> assertThat(Vendors.ask(context.getBean(LlmProvider.class), streaming).text())
				.isEqualTo("second"));
	}

	@WholeAndStreamed
	void thirdTargetAnswersWhenTwoAreDown(boolean streaming) {
		this.vendors.first.enqueue(Vendors.fails("529"));
		this.vendors.second.enqueue(Vendors.fails("reset"));
		this.vendors.third.enqueue(Vendors.says("third", streaming));
		chained("second,third/other").run((context) -> {
			LlmResponse answer = Vendors.ask(context.getBean(LlmProvider.class), streaming);
			assertThat(answer.provider()).isEqualTo("third");
			assertThat(this.vendors.third.takeRequest().getBody().utf8()).contains("\"model\":\"other\"");
		});
	}

	@WholeAndStreamed
	void noFallbackIsMadeWhereThePrimaryAnswers(boolean streaming) {
		this.vendors.first.enqueue(Vendors.says("hello", streaming));
		this.vendors.first.enqueue(Vendors.fails("529"));
		Mine.made.set(0);
		chained("mine").withUserConfiguration(Mine.class).run((context) -> {
			LlmProvider provider = context.getBean(LlmProvider.class);
			Vendors.ask(provider, streaming);
			assertThat(Mine.made).hasValue(0);
			assertThat(context.getBeanFactory().containsSingleton("secondLlmProvider")).isFalse();
			assertThat(Vendors.ask(provider, streaming).text()).isEqualTo("mine");
			assertThat(Mine.made).hasValue(1);
		});
	}

	@WholeAndStreamed
	void beanInTheChainThatCallsThePrimaryEndsSoon(boolean streaming) {
		for (int i = 0; i < 12; i++) {
			this.vendors.first.enqueue(Vendors.fails("529"));
		}
		chained("back").withUserConfiguration(Back.class).run((context) -> {
			LlmException failure = failure(context.getBean("firstLlmProvider", LlmProvider.class), streaming);
			assertThat(failure.kind()).isEqualTo(ErrorKind.OVERLOADED);
			assertThat(this.vendors.first.getRequestCount()).isEqualTo(2);
		});
	}

	@WholeAndStreamed
	void attemptsAreCappedOverAllModules(boolean streaming) {
		for (int i = 0; i < 12; i++) {
			this.vendors.first.enqueue(Vendors.fails("529"));
			this.vendors.second.enqueue(Vendors.fails("529"));
		}
		chained("second").withPropertyValues("arcllm.modules.retry.enabled=true", "arcllm.modules.retry.max-retries=50")
			.run((context) -> assertThat(failure(context.getBean(LlmProvider.class), streaming).trail().requests())
				.isEqualTo(10));
	}

	@WholeAndStreamed
	@Execution(ExecutionMode.CONCURRENT)
	void deadlineCoversAttemptsAndWaits(boolean streaming) {
		this.vendors.first.enqueue(Vendors.says("hello", streaming));
		for (int i = 0; i < 12; i++) {
			this.vendors.first.enqueue(Vendors.fails("529"));
		}
		retrying()
			.withPropertyValues("arcllm.deadline=2s", "arcllm.modules.retry.max-retries=50",
					"arcllm.modules.retry.backoff-base=500ms", "arcllm.modules.retry.strategy=fixed",
					"arcllm.modules.retry.jitter=false")
			.run((context) -> {
				// the first call loads classes
				Vendors.ask(context.getBean(LlmProvider.class), streaming);
				assertThat(failure(context.getBean(LlmProvider.class), streaming).trail().requests()).isBetween(2, 4);
			});
	}

	@Test
	void overridesBeatTheConfiguration() {
		retrying().run((context) -> {
			LlmProviders providers = context.getBean(LlmProviders.class);
			assertThat(providers.load("first")).hasToString("Retry(Timeout(first))");
			assertThat(providers.load("first", (o) -> o.retry(false))).hasToString("Timeout(first)");
			assertThat(providers.load("first", (o) -> o.retry((r) -> r.maxRetries(1)).retry(false)))
				.hasToString("Timeout(first)");
			assertThat(providers.load("first", (o) -> o.module("timeout", false))).hasToString("Retry(first)");
		});
		this.vendors.runner().run((context) -> {
			LlmProviders providers = context.getBean(LlmProviders.class);
			assertThat(providers.load("first")).hasToString("Timeout(first)");
			assertThat(providers.load("first", (o) -> o.retry(true))).hasToString("Retry(Timeout(first))");
			assertThat(providers.load("first", (o) -> o.chain("second"))).hasToString("Fallback(Timeout(first))");
			assertThat(providers.load("first", (o) -> o.retry((r) -> r.maxRetries(1))))
				.hasToString("Retry(Timeout(first))");
		});
	}

	@WholeAndStreamed
	void settingsOfACallBeatTheConfiguredOnes(boolean streaming) {
		for (int i = 0; i < 4; i++) {
			this.vendors.first.enqueue(Vendors.fails("503"));
		}
		retrying().run((context) -> {
			LlmProvider provider = context.getBean(LlmProvider.class);
			LlmRequest request = LlmRequest.builder()
				.messages(io.arcllm.Message.user("hi"))
				.streaming(streaming)
				.callOptions((o) -> o.retry((r) -> r.maxRetries(1)))
				.build();
			assertThatExceptionOfType(LlmException.class).isThrownBy(() -> provider.invoke(request));
			assertThat(this.vendors.first.getRequestCount()).isEqualTo(2);
		});
	}

	@Test
	void oneLineMovesRetryInsideFallback() {
		chained("second")
			.withPropertyValues("arcllm.modules.retry.enabled=true", "arcllm.modules.order=fallback,retry,timeout")
			.run((context) -> assertThat(context.getBean(LlmProvider.class))
				.hasToString("Fallback(Retry(Timeout(first)))"));
	}

	@WholeAndStreamed
	void ownSpringRetryPoliciesReplaceOurs(boolean streaming) {
		for (int i = 0; i < 3; i++) {
			this.vendors.first.enqueue(Vendors.fails("401"));
		}
		retrying().withUserConfiguration(Policies.class).run((context) -> {
			failure(context.getBean(LlmProvider.class), streaming);
			assertThat(this.vendors.first.getRequestCount()).isEqualTo(2);
		});
	}

	@Test
	void ownBackOffPolicyThatWouldBlockStopsTheStart() {
		retrying().withUserConfiguration(Blocking.class)
			.run((context) -> assertThat(context).getFailure().hasStackTraceContaining("would block"));
	}

	@Configuration(proxyBeanMethods = false)
	static class Faulty {

		@Bean
		LlmProvider faulty() {
			return (request) -> Flux.error(new NullPointerException("bug"));
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Mine {

		static final AtomicInteger made = new AtomicInteger();

		@Bean
		@Lazy
		LlmProvider mine() {
			made.incrementAndGet();
			return LlmProvider.of("mine", (request) -> LlmResponse.of("mine"));
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Back {

		@Bean
		@Lazy
		LlmProvider back(@Qualifier("first") LlmProvider first) {
			return first::exchange;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Policies {

		@Bean
		@Qualifier("arcllm")
		RetryPolicy policy() {
			return new SimpleRetryPolicy(2);
		}

		@Bean
		@Qualifier("arcllm")
		BackOffPolicy backOff() {
			return new NoBackOffPolicy();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Blocking {

		@Bean
		@Qualifier("arcllm")
		BackOffPolicy backOff() {
			return new StatelessBackOffPolicy() {

				@Override
				protected void doBackOff() {
				}

			};
		}

	}

}
