package io.arcllm.autoconfigure;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

import io.arcllm.Attempt;
import io.arcllm.ErrorKind;
import io.arcllm.LlmException;
import io.arcllm.LlmProvider;
import io.arcllm.LlmProviders;
import io.arcllm.LlmRequest;
import io.arcllm.LlmResponse;
import io.arcllm.PromptServers;
import io.arcllm.Target;
import io.arcllm.WholeAndStreamed;
import io.arcllm.autoconfigure.module.CircuitBreakerFactory;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.SocketEffect;
import mockwebserver3.junit5.StartStop;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.webclient.autoconfigure.WebClientAutoConfiguration;

import static io.arcllm.autoconfigure.CountingVendor.answer;
import static io.arcllm.autoconfigure.CountingVendor.error;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * Whose failure it is: that of the model, of the host and port, or of no vendor at all.
 */
class FaultDomainTests {

	@StartStop
	final MockWebServer vendor = PromptServers.create();

	private ApplicationContextRunner runner() {
		return new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(ArcllmPropertiesAutoConfiguration.class,
					ArcllmAutoConfiguration.class, ArcllmCircuitBreakerAutoConfiguration.class,
					WebClientAutoConfiguration.class, SslAutoConfiguration.class))
			.withPropertyValues("arcllm.provider=acme", "arcllm.providers.acme.type=openai",
					"arcllm.providers.acme.base-url=" + this.vendor.url("/v1"), "arcllm.providers.acme.model=m",
					"arcllm.providers.beta.type=openai", "arcllm.providers.beta.base-url=" + this.vendor.url("/v1"),
					"arcllm.providers.beta.model=m", "arcllm.modules.circuit-breaker.enabled=true");
	}

	private static LlmException fail(LlmProvider provider, LlmRequest request) {
		return catchThrowableOfType(LlmException.class, () -> provider.exchange(request).blockLast());
	}

	private static LlmRequest request(String model, boolean streaming) {
		return LlmRequest.of("Count").mutate().model(model).build().withStreaming(streaming);
	}

	private String host() {
		return "http://" + this.vendor.getHostName() + ":" + this.vendor.getPort();
	}

	@WholeAndStreamed
	void modelThatFailsClosesNoOther(boolean streaming) {
		for (int i = 0; i < 3; i++) {
			this.vendor.enqueue(error(500, "server_error"));
		}
		this.vendor.enqueue(answer(streaming, "two"));
		runner().run((context) -> {
			LlmProvider provider = context.getBean(LlmProvider.class);
			for (int i = 0; i < 3; i++) {
				assertThat(fail(provider, request("one", streaming)).kind()).isEqualTo(ErrorKind.SERVER_ERROR);
			}
			assertThat(fail(provider, request("one", streaming)).kind()).isEqualTo(ErrorKind.CIRCUIT_OPEN);
			LlmResponse other = provider.exchange(request("two", streaming)).blockLast().answer();
			assertThat(other.text()).isNotEmpty();
		});
	}

	@WholeAndStreamed
	void hostThatCannotBeReachedIsClosedToAllItsTargets(boolean streaming) {
		for (int i = 0; i < 3; i++) {
			this.vendor.enqueue(new MockResponse.Builder().onResponseStart(new SocketEffect.CloseSocket()).build());
		}
		runner().run((context) -> {
			LlmProviders providers = context.getBean(LlmProviders.class);
			for (int i = 0; i < 3; i++) {
				assertThat(fail(providers.load("acme"), request("model-" + i, streaming)).kind())
					.isEqualTo(ErrorKind.NETWORK);
			}
			assertThat(fail(providers.load("beta"), request("m", streaming)).kind()).isEqualTo(ErrorKind.CIRCUIT_OPEN);
			assertThat(context.getBean(CircuitBreakerFactory.class).states()).containsKey(new Target(host(), null));
		});
	}

	/**
	 * The host was reached: only what happens before the head of an answer is its own.
	 */
	@WholeAndStreamed
	void resetAfterTheHeadersIsTheTargets(boolean streaming) {
		for (int i = 0; i < 3; i++) {
			this.vendor
				.enqueue(answer(streaming, "one").newBuilder().onResponseBody(new SocketEffect.CloseSocket()).build());
		}
		this.vendor.enqueue(answer(streaming, "m"));
		runner().run((context) -> {
			LlmProviders providers = context.getBean(LlmProviders.class);
			for (int i = 0; i < 3; i++) {
				assertThat(fail(providers.load("acme"), request("one", streaming)).kind()).isIn(ErrorKind.NETWORK,
						ErrorKind.INTERRUPTED);
			}
			assertThat(fail(providers.load("acme"), request("one", streaming)).kind())
				.isEqualTo(ErrorKind.CIRCUIT_OPEN);
			assertThat(providers.load("beta").exchange(request("m", streaming)).blockLast().answer().text())
				.isNotEmpty();
		});
	}

	@WholeAndStreamed
	void headWithoutAnyWordIsTheTargets(boolean streaming) {
		for (int i = 0; i < 3; i++) {
			this.vendor.enqueue(new MockResponse.Builder()
				.addHeader("content-type", streaming ? "text/event-stream" : "application/json")
				.removeHeader("content-length")
				.setHeader("content-length", "100")
				.onResponseEnd(new SocketEffect.CloseSocket())
				.build());
		}
		this.vendor.enqueue(answer(streaming, "m"));
		runner().run((context) -> {
			LlmProviders providers = context.getBean(LlmProviders.class);
			for (int i = 0; i < 3; i++) {
				assertThat(fail(providers.load("acme"), request("one", streaming)).kind()).isEqualTo(ErrorKind.NETWORK);
			}
			assertThat(fail(providers.load("acme"), request("one", streaming)).kind())
				.isEqualTo(ErrorKind.CIRCUIT_OPEN);
			assertThat(providers.load("beta").exchange(request("m", streaming)).blockLast().answer().text())
				.isNotEmpty();
		});
	}

	@Test
	void refusedConnectionsCloseTheHostAndAStatusOfAnEdgeDoes() {
		int[] statuses = { 521, 522, 523 };
		for (int status : statuses) {
			this.vendor
				.enqueue(new MockResponse.Builder().code(status).body("<html>Web server is down</html>").build());
		}
		runner().run((context) -> {
			for (int status : statuses) {
				assertThat(fail(context.getBean(LlmProvider.class), request("m", false)).status()).isEqualTo(status);
			}
			assertThat(fail(context.getBean(LlmProviders.class).load("beta"), request("m", false)).kind())
				.isEqualTo(ErrorKind.CIRCUIT_OPEN);
		});
		runner()
			.withPropertyValues("arcllm.providers.acme.base-url=http://127.0.0.1:1/v1",
					"arcllm.providers.beta.base-url=http://127.0.0.1:1/other")
			.run((context) -> {
				for (int i = 0; i < 3; i++) {
					fail(context.getBean(LlmProvider.class), request("m", false));
				}
				assertThat(fail(context.getBean(LlmProviders.class).load("beta"), request("m", false)).kind())
					.isEqualTo(ErrorKind.CIRCUIT_OPEN);
			});
	}

	@Test
	void unavailabilityInTheVendorsOwnWordsIsTheModels() {
		for (int i = 0; i < 3; i++) {
			this.vendor.enqueue(error(503, "overloaded"));
		}
		this.vendor.enqueue(answer(false, "m"));
		runner().run((context) -> {
			for (int i = 0; i < 3; i++) {
				fail(context.getBean(LlmProvider.class), request("one", false));
			}
			assertThat(fail(context.getBean(LlmProvider.class), request("one", false)).kind())
				.isEqualTo(ErrorKind.CIRCUIT_OPEN);
			assertThat(context.getBean(LlmProvider.class).exchange(request("two", false)).blockLast()).isNotNull();
		});
	}

	@Test
	void hostIsNotSharedWhereThatIsSwitchedOff() {
		for (int i = 0; i < 3; i++) {
			this.vendor.enqueue(new MockResponse.Builder().onResponseStart(new SocketEffect.CloseSocket()).build());
		}
		this.vendor.enqueue(answer(false, "m"));
		runner().withPropertyValues("arcllm.modules.circuit-breaker.endpoint=false").run((context) -> {
			LlmProviders providers = context.getBean(LlmProviders.class);
			for (int i = 0; i < 3; i++) {
				fail(providers.load("acme"), request("m", false));
			}
			assertThat(fail(providers.load("acme"), request("m", false)).kind()).isEqualTo(ErrorKind.CIRCUIT_OPEN);
			assertThat(providers.load("beta").invoke("Count").text()).isNotEmpty();
			assertThat(context.getBean(CircuitBreakerFactory.class).states())
				.doesNotContainKey(new Target(host(), null));
		});
	}

	@Test
	void gatewayWithoutAVendorBehindItIsTheHosts() {
		for (int i = 0; i < 3; i++) {
			this.vendor.enqueue(new MockResponse.Builder().code(502).body("<html>Bad gateway</html>").build());
		}
		runner().run((context) -> {
			for (int i = 0; i < 3; i++) {
				fail(context.getBean(LlmProvider.class), request("m", false));
			}
			assertThat(fail(context.getBean(LlmProviders.class).load("beta"), request("m", false)).kind())
				.isEqualTo(ErrorKind.CIRCUIT_OPEN);
		});
	}

	@Test
	void pauseIsCappedAndTheErrorKeepsTheTrueWait() {
		this.vendor.enqueue(error(429, "rate_limit").newBuilder().addHeader("retry-after", "7200").build());
		runner().run((context) -> {
			LlmProvider provider = context.getBean(LlmProvider.class);
			assertThat(fail(provider, request("m", false)).retryAfter()).isEqualTo(Duration.ofHours(2));
			assertThat(fail(provider, request("m", false)).retryAfter()).isLessThanOrEqualTo(Duration.ofMinutes(5));
		});
	}

	@Test
	void frontOfManyVendorsIsNoHostWhateverItsProviderIsCalled() {
		runner()
			.withPropertyValues("arcllm.providers.second.preset=openrouter", "arcllm.providers.second.model=m",
					"arcllm.providers.second.api-key=a-key-of-the-test",
					"arcllm.providers.second.base-url=" + this.vendor.url("/v1"))
			.run((context) -> {
				for (int i = 0; i < 3; i++) {
					this.vendor.enqueue(new MockResponse.Builder().code(502).build());
					fail(context.getBean(LlmProviders.class).load("second"), request("one", false));
				}
				this.vendor.enqueue(answer(false, "m"));
				assertThat(context.getBean(LlmProviders.class)
					.load("second")
					.exchange(request("two", false))
					.blockLast()
					.answer()
					.text()).isNotEmpty();
			});
	}

	@Test
	void ownFullPoolIsNoFailureOfTheVendor() {
		MockResponse slow = answer(false, "m").newBuilder().headersDelay(1, TimeUnit.SECONDS).build();
		this.vendor.enqueue(slow);
		this.vendor.enqueue(answer(false, "m"));
		runner()
			.withPropertyValues("arcllm.providers.acme.http.max-connections=1",
					"arcllm.providers.acme.http.pending-acquire-timeout=100ms",
					"arcllm.modules.circuit-breaker.consecutive-failures=1")
			.run((context) -> {
				LlmProvider provider = context.getBean(LlmProvider.class);
				Mono<LlmResponse> first = provider.invokeAsync(request("m", false)).cache();
				first.subscribe();
				this.vendor.takeRequest();
				LlmException refused = fail(provider, request("m", false));
				assertThat(refused.kind()).isEqualTo(ErrorKind.BULKHEAD_FULL);
				assertThat(refused.trail().attempts()).extracting(Attempt::outcome)
					.containsExactly(Attempt.Outcome.SKIPPED);
				assertThat(first.block().text()).isNotEmpty();
				assertThat(provider.invoke("Count").text()).isNotEmpty();
			});
	}

}
