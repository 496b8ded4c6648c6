package io.arcllm.autoconfigure;

import java.time.Duration;
import java.util.function.Function;

import io.arcllm.Attempt;
import io.arcllm.ErrorKind;
import io.arcllm.LlmException;
import io.arcllm.LlmModule;
import io.arcllm.LlmProvider;
import io.arcllm.LlmRequest;
import io.arcllm.LlmResponse;
import io.arcllm.WholeAndStreamed;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import reactor.core.publisher.Flux;

import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.web.client.RestClient;
import org.springframework.web.reactive.function.client.WebClient;

import static io.arcllm.autoconfigure.Vendors.ask;
import static io.arcllm.autoconfigure.Vendors.json;
import static io.arcllm.autoconfigure.Vendors.says;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * Providers of the application's own that ask with Spring's clients.
 */
class OwnClientsTests {

	private final Vendors vendors = new Vendors();

	@AfterEach
	void close() {
		this.vendors.close();
	}

	private ApplicationContextRunner own(String client, String url) {
		Function<LlmRequest, LlmResponse> asks = client.equals("rest")
				? (request) -> LlmResponse
					.of(RestClient.create().post().uri(url).body("{}").retrieve().body(String.class))
				: (request) -> LlmResponse.of(WebClient.create()
					.post()
					.uri(url)
					.bodyValue("{}")
					.retrieve()
					.bodyToMono(String.class)
					.block(Duration.ofSeconds(20)));
		return this.vendors.runner()
			.withBean("house", LlmProvider.class, () -> LlmProvider.of("house", asks))
			.withPropertyValues("arcllm.provider=house");
	}

	@ParameterizedTest
	@CsvSource({ "rest,503,OVERLOADED", "rest,429,RATE_LIMITED", "rest,500,SERVER_ERROR", "rest,401,AUTHENTICATION",
			"rest,400,INVALID_REQUEST", "web,503,OVERLOADED", "web,429,RATE_LIMITED", "web,500,SERVER_ERROR",
			"web,401,AUTHENTICATION", "web,400,INVALID_REQUEST" })
	void statusOfTheServerIsTheKind(String client, int status, ErrorKind kind) {
		this.vendors.first
			.enqueue(json(status, "{\"error\":{\"message\":\"no\",\"input\":\"canary\"}}").addHeader("retry-after", "2")
				.build());
		own(client, this.vendors.first.url("/").toString()).run((context) -> {
			LlmException failure = catchThrowableOfType(LlmException.class,
					() -> ask(context.getBean(LlmProvider.class), false));
			assertThat(failure.kind()).isEqualTo(kind);
			assertThat(failure.status()).isEqualTo(status);
			assertThat(failure).hasMessage("house answered " + status + ": no");
			assertThat(failure).hasStackTraceContaining("house answered");
			assertThat(failure.retryAfter()).hasSeconds(2);
		});
	}

	@WholeAndStreamed
	void aChainGoesOnWhereTheServerFails(boolean streaming) {
		for (String client : new String[] { "rest", "web" }) {
			for (int status : new int[] { 503, 429, 500, 401 }) {
				this.vendors.first.enqueue(json(status, "{}").build());
				this.vendors.second.enqueue(says("Hello", streaming));
				own(client, this.vendors.first.url("/").toString())
					.withPropertyValues("arcllm.modules.fallback.enabled=true", "arcllm.modules.fallback.chain=second")
					.run((context) -> {
						LlmResponse answer = ask(context.getBean(LlmProvider.class), streaming);
						assertThat(answer.text()).isEqualTo("Hello");
						assertThat(answer.trail().attempts()).extracting(Attempt::status).startsWith(status);
					});
			}
		}
	}

	/** Its message may be shown to callers outside; its cause is for logs. */
	@WholeAndStreamed
	void whatCannotBeReachedIsToldWithoutItsAddress(boolean streaming) {
		for (String client : new String[] { "rest", "web" }) {
			for (String url : new String[] { "http://127.0.0.1:1/canary?key=canary", "http://canary.invalid/x",
					"http://u:canary@localhost:1/" }) {
				own(client, url).run((context) -> {
					LlmException failure = catchThrowableOfType(LlmException.class,
							() -> ask(context.getBean(LlmProvider.class), streaming));
					assertThat(failure.kind()).isEqualTo(ErrorKind.NETWORK);
					assertThat(failure.getMessage()).startsWith("house failed: ")
						.doesNotContain("canary", "127.0.0.1", "localhost", "://");
					assertThat(failure).hasCauseInstanceOf(RuntimeException.class);
				});
			}
		}
	}

	@WholeAndStreamed
	void faultOfTheProgramIsToldWithoutKeysAndAddresses(boolean streaming) {
		String words = "no connection to jdbc:postgresql://10.0.0.7:5432/db with token=canary0123456789";
		LlmProvider throwing = (request) -> {
			throw new IllegalStateException(words);
		};
		for (LlmProvider own : new LlmProvider[] { throwing, (request) -> Flux.error(new IllegalStateException(words)),
				LlmProvider.of("house", (request) -> {
					throw new IllegalStateException(words);
				}) }) {
			this.vendors.runner()
				.withBean("house", LlmProvider.class, () -> own)
				.withPropertyValues("arcllm.provider=house")
				.run((context) -> {
					LlmException failure = catchThrowableOfType(LlmException.class,
							() -> ask(context.getBean(LlmProvider.class), streaming));
					assertThat(failure.kind()).isEqualTo(ErrorKind.INVALID_REQUEST);
					assertThat(failure.getMessage())
						.isEqualTo("Provider 'house' threw java.lang.IllegalStateException: no connection to jdbc:… "
								+ "with token=***: a fault in the program, not at the vendor");
					assertThat(failure).hasRootCauseMessage(words);
				});
		}
	}

	/** An exception that fails itself leaves no call without an end. */
	@WholeAndStreamed
	void exceptionThatFailsItselfIsAFaultOfTheProgram(boolean streaming) {
		this.vendors.runner()
			.withBean("house", LlmProvider.class, () -> (request) -> Flux.error(new Mute()))
			.withPropertyValues("arcllm.provider=house")
			.run((context) -> {
				LlmException failure = catchThrowableOfType(LlmException.class,
						() -> ask(context.getBean(LlmProvider.class), streaming));
				assertThat(failure.getMessage()).contains(Mute.class.getName());
			});
	}

	@WholeAndStreamed
	void moduleThatThrowsIsToldByItsTypeAlone(boolean streaming) {
		for (LlmModule module : new LlmModule[] { (inner) -> (request) -> {
			throw new IllegalStateException("canary");
		}, (inner) -> (request) -> Flux.error(new IllegalStateException("canary")) }) {
			this.vendors.runner().withBean("own", LlmModule.class, () -> module).run((context) -> {
				LlmException failure = catchThrowableOfType(LlmException.class,
						() -> ask(context.getBean(LlmProvider.class), streaming));
				assertThat(failure).hasMessage("A module of the stack threw java.lang.IllegalStateException")
					.hasRootCauseMessage("canary");
			});
		}
	}

	/** Fails where it is read. */
	private static final class Mute extends RuntimeException {

		private static final long serialVersionUID = 1L;

		@Override
		public String getMessage() {
			throw new IllegalStateException("no words");
		}

	}

	@Test
	void whatCannotBeReachedIsTheNetwork() {
		for (String client : new String[] { "rest", "web" }) {
			own(client, "http://127.0.0.1:1/").run((context) -> assertThat(
					catchThrowableOfType(LlmException.class, () -> ask(context.getBean(LlmProvider.class), false))
						.kind())
				.isEqualTo(ErrorKind.NETWORK));
		}
	}

}
