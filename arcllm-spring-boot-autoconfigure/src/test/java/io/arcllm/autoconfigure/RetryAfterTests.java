package io.arcllm.autoconfigure;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.function.Function;
import java.util.stream.Stream;

import io.arcllm.Attempt;
import io.arcllm.LlmException;
import io.arcllm.LlmProvider;
import io.arcllm.LlmResponse;
import io.arcllm.WholeAndStreamed;
import mockwebserver3.MockResponse;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * The wait that a vendor names, in all its forms, through the whole stack of an
 * application.
 */
class RetryAfterTests {

	/**
	 * What a point in time in whole seconds is asked to be later, as it loses up to one.
	 */
	private static final Duration SECONDS = Duration.ofMillis(1200);

	/** What one in milliseconds is, as it comes nearer while the answer is on its way. */
	private static final Duration MILLIS = Duration.ofMillis(400);

	@AutoClose
	private final Vendors vendors = new Vendors();

	static Stream<Form> forms() {
		Form[] forms = { header("retry-after-ms", (wait) -> wait.toMillis()),
				header("x-ms-retry-after-ms", (wait) -> wait.toMillis() + ".0"),
				header("retry-after", (wait) -> wait.toMillis() / 1000.0),
				header("retry-after",
						(wait) -> DateTimeFormatter.RFC_1123_DATE_TIME
							.format(ZonedDateTime.now(ZoneOffset.UTC).plus(wait)))
					.until(SECONDS),
				header("x-ratelimit-reset-requests", (wait) -> goDuration(wait)),
				header("x-ratelimit-reset-tokens", (wait) -> wait.toMillis() / 1000.0),
				header("x-ratelimit-reset", (wait) -> Instant.now().plus(wait).getEpochSecond()).until(SECONDS),
				header("x-ratelimit-reset", (wait) -> Instant.now().plus(wait).toEpochMilli()).until(MILLIS),
				header("anthropic-ratelimit-tokens-reset", (wait) -> Instant.now().plus(wait)).until(MILLIS),
				header("anthropic-ratelimit-requests-reset",
						(wait) -> Instant.now().plus(wait).atOffset(ZoneOffset.ofHours(2)))
					.until(MILLIS),
				body((wait) -> "{\"error\":{\"message\":\"no\",\"details\":[{\"@type\":"
						+ "\"type.googleapis.com/google.rpc.RetryInfo\",\"retryDelay\":\"" + wait.toMillis() / 1000.0
						+ "s\"}]}}"),
				body((wait) -> "{\"error\":{\"message\":\"Please try again in " + wait.toMillis() + "ms.\"}}"),
				body((wait) -> "{\"error\":{\"message\":\"Please retry in " + wait.toMillis() / 1000.0 + "s.\"}}") };
		return Stream.of(forms);
	}

	@ParameterizedTest
	@MethodSource("forms")
	@Execution(ExecutionMode.CONCURRENT)
	void waitIsKept(Form form) {
		Duration wait = Duration.ofMillis(456);
		retrying().run((context) -> {
			for (boolean streaming : new boolean[] { false, true }) {
				this.vendors.first.enqueue(form.answer(wait));
				this.vendors.first.enqueue(Vendors.says("hello", streaming));
				LlmResponse answer = Vendors.ask(context.getBean(LlmProvider.class), streaming);
				assertThat(answer.trail().attempts().get(1).waited())
					.isBetween(form.off.isZero() ? wait : Duration.ofMillis(20), wait.plus(form.off).multipliedBy(4));
			}
		});
	}

	@ParameterizedTest
	@MethodSource("forms")
	void tooLongAWaitFailsAtOnceWithItsTrueLength(Form form) {
		retrying().run((context) -> {
			for (boolean streaming : new boolean[] { false, true }) {
				this.vendors.first.enqueue(form.answer(Duration.ofSeconds(300)));
				LlmException failure = failure(context.getBean(LlmProvider.class), streaming);
				assertThat(failure.retryAfter()).isBetween(Duration.ofSeconds(300).minus(form.before()),
						Duration.ofSeconds(301).plus(form.off));
				assertThat(failure.trail().requests()).isOne();
			}
		});
	}

	@ParameterizedTest
	@MethodSource("forms")
	void tooLongAWaitFailsOver(Form form) {
		retrying().withPropertyValues("arcllm.modules.fallback.enabled=true", "arcllm.modules.fallback.chain=second")
			.run((context) -> {
				for (boolean streaming : new boolean[] { false, true }) {
					this.vendors.first.enqueue(form.answer(Duration.ofSeconds(300)));
					this.vendors.second.enqueue(Vendors.says("second", streaming));
					LlmResponse answer = Vendors.ask(context.getBean(LlmProvider.class), streaming);
					assertThat(answer.text()).isEqualTo("second");
					assertThat(answer.trail().attempts()).extracting(Attempt::waited).containsOnly(Duration.ZERO);
				}
			});
	}

	@WholeAndStreamed
	void waitBeyondTheDeadlineFailsAtOnceWithItsTrueLength(boolean streaming) {
		retrying().withPropertyValues("arcllm.deadline=10s").run((context) -> {
			this.vendors.first.enqueue(header("retry-after", Duration::toSeconds).answer(Duration.ofSeconds(20)));
			LlmException failure = failure(context.getBean(LlmProvider.class), streaming);
			assertThat(failure.retryAfter()).isEqualTo(Duration.ofSeconds(20));
			assertThat(failure.trail().requests()).isOne();
		});
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			value = { "retry-after | -5", "retry-after | NaN", "retry-after | Infinity", "retry-after | 1e9",
					"retry-after | 99999999999999999999", "retry-after | Thu, 01 Jan 2015 00:00:00 GMT",
					"retry-after | Fri, 01 Jan 2100 00:00:00 GMT", "retry-after-ms | -1", "retry-after-ms | NaN",
					"x-ms-retry-after-ms | soon", "x-ratelimit-reset-requests | -6m0s",
					"anthropic-ratelimit-tokens-reset | 2015-01-01T00:00:00Z" })
	void nonsenseIsIgnored(String name, String value) {
		retrying().run((context) -> {
			for (boolean streaming : new boolean[] { false, true }) {
				this.vendors.first.enqueue(header(name, (wait) -> value).answer(Duration.ZERO));
				this.vendors.first.enqueue(Vendors.says("hello", streaming));
				LlmResponse answer = Vendors.ask(context.getBean(LlmProvider.class), streaming);
				assertThat(answer.trail().attempts().get(1).waited()).isLessThan(Duration.ofMillis(10));
			}
		});
	}

	@WholeAndStreamed
	void vendorThatForbidsRetriesIsNotAskedAgainButTheNextIs(boolean streaming) {
		for (int i = 0; i < 2; i++) {
			this.vendors.first.enqueue(Vendors.fails("500").newBuilder().addHeader("x-should-retry", "false").build());
		}
		this.vendors.second.enqueue(Vendors.says("second", streaming));
		retrying().run((context) -> {
			LlmException failure = failure(context.getBean(LlmProvider.class), streaming);
			assertThat(failure.status()).isEqualTo(500);
			assertThat(failure.trail().requests()).isOne();
		});
		retrying().withPropertyValues("arcllm.modules.fallback.enabled=true", "arcllm.modules.fallback.chain=second")
			.run((context) -> assertThat(Vendors.ask(context.getBean(LlmProvider.class), streaming).text())
				.isEqualTo("second"));
	}

	@WholeAndStreamed
	void waitNamedWithASuccessfulStatusCountsForNothing(boolean streaming) {
		this.vendors.first.enqueue(Vendors.json(200, "{\"error\":{\"type\":\"overloaded_error\",\"message\":\"no\"}}")
			.addHeader("retry-after", "300")
			.build());
		this.vendors.first.enqueue(Vendors.says("hello", streaming));
		retrying().run((context) -> {
			LlmResponse answer = Vendors.ask(context.getBean(LlmProvider.class), streaming);
			assertThat(answer.trail().attempts().get(1).waited()).isLessThan(Duration.ofMillis(10));
		});
	}

	private ApplicationContextRunner retrying() {
		return this.vendors.runner().withPropertyValues("arcllm.modules.retry.enabled=true");
	}

	private static LlmException failure(LlmProvider provider, boolean streaming) {
		return catchThrowableOfType(LlmException.class, () -> Vendors.ask(provider, streaming));
	}

	private static String goDuration(Duration wait) {
		return (wait.toMinutes() > 0) ? wait.toMinutes() + "m" + wait.toSecondsPart() + "s" : wait.toMillis() + "ms";
	}

	private static Form header(String name, Function<Duration, Object> value) {
		return new Form(name, value, Duration.ZERO);
	}

	private static Form body(Function<Duration, Object> value) {
		return new Form("", value, Duration.ZERO);
	}

	/**
	 * How a wait is written.
	 *
	 * @param name of the header; empty for the body
	 * @param value of the header, or the body
	 * @param off how much longer it is, where it is a point in time that comes nearer
	 */
	record Form(String name, Function<Duration, Object> value, Duration off) {

		Form until(Duration off) {
			return new Form(this.name, this.value, off);
		}

		/** Some of the time until a point in time has passed already. */
		Duration before() {
			return this.off.multipliedBy(10);
		}

		MockResponse answer(Duration wait) {
			String value = this.value.apply(wait.plus(this.off)).toString();
			return this.name.isEmpty() ? Vendors.json(429, value).build()
					: Vendors.json(429, "{\"error\":{\"message\":\"no\"}}").setHeader(this.name, value).build();
		}

		@Override
		public String toString() {
			return this.value.apply(Duration.ofSeconds(1)) + " in " + (this.name.isEmpty() ? "the body" : this.name);
		}

	}

}
