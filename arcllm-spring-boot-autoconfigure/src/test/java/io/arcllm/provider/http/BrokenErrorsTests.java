package io.arcllm.provider.http;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.arcllm.ErrorKind;
import io.arcllm.LlmEvent;
import io.arcllm.LlmException;
import io.arcllm.LlmRequest;
import io.arcllm.PromptServers;
import io.arcllm.VendorLimits;
import io.arcllm.WholeAndStreamed;
import io.arcllm.WireListener;
import io.arcllm.provider.error.DefaultErrorClassifier;
import io.arcllm.provider.error.ErrorReader;
import io.arcllm.provider.key.ApiKeys;
import io.arcllm.provider.openai.OpenAiFormat;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.SocketEffect;
import mockwebserver3.junit5.StartStop;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.test.StepVerifier;
import reactor.test.scheduler.VirtualTimeScheduler;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.http.HttpStatus;
import org.springframework.web.reactive.function.client.ClientResponse;
import org.springframework.web.reactive.function.client.WebClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

/**
 * Errors whose words break off, never end or are too many: what is known of them is told.
 */
class BrokenErrorsTests {

	private static final Duration LIMIT = Duration.ofSeconds(20);

	private static final String SECRET = "canary-8c1f";

	@StartStop
	private final MockWebServer server = PromptServers.create();

	@WholeAndStreamed
	void statusWaitAndCodeOutliveTheConnection(boolean streaming) {
		this.server.enqueue(cut(429, "{\"error\":{\"code\":\"rate_limit_exceeded\",\"message\":\"Slow down\",\"x\":\"")
			.addHeader("retry-after", "7")
			.build());
		LlmException failure = fail(streaming);
		assertThat(failure.kind()).isEqualTo(ErrorKind.RATE_LIMITED);
		assertThat(failure.status()).isEqualTo(429);
		assertThat(failure.retryAfter()).isEqualTo(Duration.ofSeconds(7));
		assertThat(failure.vendorCode()).isEqualTo("rate_limit_exceeded");
		assertThat(failure).hasMessage("acme/m answered 429: Slow down");
	}

	@WholeAndStreamed
	void statusAloneDecidesWhereNotAWordArrived(boolean streaming) {
		this.server.enqueue(cut(401, " ").build());
		LlmException failure = fail(streaming);
		assertThat(failure.kind()).isEqualTo(ErrorKind.AUTHENTICATION);
		assertThat(failure.status()).isEqualTo(401);
		assertThat(failure).hasMessage("acme/m answered 401");
	}

	/** Says that there is more, and closes. */
	private static MockResponse.Builder cut(int status, String body) {
		return new MockResponse.Builder().code(status)
			.addHeader("content-type", "application/json")
			.body(body)
			.setHeader("content-length", body.length() + 100)
			.onResponseEnd(new SocketEffect.CloseSocket());
	}

	@WholeAndStreamed
	void wordsOfAnErrorAreWaitedForFiveSeconds(boolean streaming) {
		StepVerifier.withVirtualTime(() -> stalling(HttpStatus.BAD_REQUEST, streaming))
			.expectSubscription()
			.expectNoEvent(Duration.ofMillis(4999))
			.thenAwait(Duration.ofMillis(1))
			.expectErrorSatisfies((ex) -> {
				assertThat(ex).isInstanceOf(LlmException.class).hasMessage("acme/m answered 400");
				assertThat(((LlmException) ex).kind()).isEqualTo(ErrorKind.AUTHENTICATION);
				assertThat(((LlmException) ex).status()).isEqualTo(400);
			})
			.verify(LIMIT);
	}

	@WholeAndStreamed
	void answerIsWaitedForLongerThanAnError(boolean streaming) {
		StepVerifier.withVirtualTime(() -> stalling(HttpStatus.OK, streaming))
			.expectSubscription()
			.expectNoEvent(Duration.ofMinutes(1))
			.thenCancel()
			.verify(LIMIT);
	}

	/** Begins to say something, once as a connection does, and falls silent. */
	private static Flux<LlmEvent> stalling(HttpStatus status, boolean streaming) {
		Sinks.Many<DataBuffer> body = Sinks.many().unicast().onBackpressureBuffer();
		body.tryEmitNext(DefaultDataBufferFactory.sharedInstance
			.wrap("{\"error\":{\"code\":\"invalid_api_key\",\"message\":\"Who".getBytes(StandardCharsets.UTF_8)));
		WebClient client = WebClient.builder()
			.exchangeFunction((request) -> Mono.just(ClientResponse.create(status).body(body.asFlux()).build()))
			.build();
		return provider("http://acme.example", client).exchange(LlmRequest.of("Hi").withStreaming(streaming));
	}

	@WholeAndStreamed
	void connectionThatStallsInsideAnErrorIsGivenUp(boolean streaming) throws InterruptedException {
		this.server.enqueue(new MockResponse.Builder().code(401)
			.body("{\"error\":{\"message\":\"Who are you?\"}}")
			.setHeader("content-length", 1000)
			.onResponseEnd(SocketEffect.Stall.INSTANCE)
			.build());
		CountDownLatch begun = new CountDownLatch(1);
		VirtualTimeScheduler time = VirtualTimeScheduler.getOrSet();
		try {
			CompletableFuture<LlmException> failure = new CompletableFuture<>();
			provider(this.server.url("").toString(), WebClient.create())
				.exchange(LlmRequest.of("Hi").withStreaming(streaming))
				.contextWrite((context) -> context.put(WireListener.class, listener(begun)))
				.subscribe((event) -> {
				}, (ex) -> failure.complete((LlmException) ex));
			assertThat(begun.await(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
			await().atMost(LIMIT).pollInterval(Duration.ofMillis(10)).until(() -> {
				time.advanceTimeBy(Duration.ofSeconds(5));
				return failure.isDone();
			});
			assertThat(failure.join().kind()).isEqualTo(ErrorKind.AUTHENTICATION);
			assertThat(failure.join().status()).isEqualTo(401);
		}
		finally {
			VirtualTimeScheduler.reset();
		}
	}

	private static WireListener listener(CountDownLatch begun) {
		return new WireListener() {

			@Override
			public void sending() {
			}

			@Override
			public void remaining(VendorLimits limits) {
			}

			@Override
			public void answering(SoFar answer) {
				begun.countDown();
			}

		};
	}

	@WholeAndStreamed
	void errorTooLongToBeReadHasItsCodeAndRepeatsNothing(boolean streaming) {
		this.server.enqueue(new MockResponse.Builder().code(400)
			.body("{\"error\":{\"code\":\"context_length_exceeded\",\"message\":\"Too long\"},\"input\":\""
					+ (SECRET + " ").repeat(200_000) + "\"}")
			.build());
		LlmException failure = fail(streaming);
		assertThat(failure.kind()).isEqualTo(ErrorKind.CONTEXT_WINDOW);
		assertThat(failure.vendorCode()).isEqualTo("context_length_exceeded");
		assertThat(failure).hasMessage("acme/m answered 400: Too long");
	}

	@ParameterizedTest
	@ValueSource(strings = { "{\"input\":\"" + SECRET + " insufficient_quota, invalid api key",
			"{\"detail\":[{\"loc\":[\"body\"],\"input\":{\"messages\":[{\"content\":\"" + SECRET,
			"[{\"input\":\"" + SECRET, "{\"error\":{\"input\":\"" + SECRET + "\",\"message\":\"" + SECRET,
			"{\"" + SECRET, "{\"error\":{\"message\":\"{\\\"input\\\":\\\"" + SECRET + "\\\"}\"}}",
			"{\"error\":{\"message\":\"{\\\"input\\\":\\\"" + SECRET + "\"}}", "\n {\"input\": " + SECRET,
			"\ufeff{\"input\":\"" + SECRET, "\ufeff{\"input\":\"" + SECRET + "\"}", "data: {\"input\":\"" + SECRET })
	void errorThatIsCutRepeatsNothing(String body) {
		this.server.enqueue(new MockResponse.Builder().code(422).body(body).build());
		LlmException failure = fail(false);
		assertThat(failure.kind()).isEqualTo(ErrorKind.INVALID_REQUEST);
		assertThat(failure.vendorCode()).isNull();
		assertThat(failure).hasMessage("acme/m answered 422");
		assertThat(failure.body()).contains(SECRET);
	}

	@Test
	void errorThatIsCutSaysWhatStandsWholeBeforeTheCut() {
		this.server.enqueue(new MockResponse.Builder().code(400)
			.body("{\"type\":\"error\",\"details\":[1,[true,null],{}],\"error\":{\"type\":\"some_error\","
					+ "\"code\":\"insufficient_quota\",\"message\":\"No money\",\"input\":\"" + SECRET)
			.build());
		LlmException failure = fail(false);
		assertThat(failure.kind()).isEqualTo(ErrorKind.QUOTA_EXHAUSTED);
		assertThat(failure.vendorCode()).isEqualTo("insufficient_quota");
		assertThat(failure).hasMessage("acme/m answered 400: No money");
	}

	@ParameterizedTest
	@ValueSource(strings = { "SSH-2.0-" + SECRET, "HTTP/1.1 " + SECRET + " OK", SECRET + "/1.1 200 OK",
			"HTTP/1.1 200 OK\r\ncontent-length: " + SECRET })
	void whoSpeaksNoHttpIsAProtocolErrorAndIsNotRepeated(String greeting) throws IOException {
		try (ServerSocket stranger = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			CompletableFuture.runAsync(() -> greet(stranger, greeting));
			LlmException failure = fail(
					provider("http://127.0.0.1:" + stranger.getLocalPort() + "/v1", WebClient.create()), true);
			assertThat(failure.kind()).isEqualTo(ErrorKind.PROTOCOL);
			assertThat(failure.getMessage()).isEqualTo("acme/m sent an answer that could not be read as HTTP");
		}
	}

	private static void greet(ServerSocket stranger, String greeting) {
		try (Socket socket = stranger.accept()) {
			socket.getInputStream().read(new byte[4096]);
			socket.getOutputStream().write((greeting + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
			socket.getInputStream().read();
		}
		catch (IOException ex) {
			// the client has seen enough
		}
	}

	private LlmException fail(boolean streaming) {
		return fail(provider(this.server.url("").toString(), WebClient.create()), streaming);
	}

	private static LlmException fail(HttpProvider provider, boolean streaming) {
		LlmRequest request = LlmRequest.of("Hi").withStreaming(streaming);
		return catchThrowableOfType(LlmException.class, () -> provider.exchange(request).blockLast(LIMIT));
	}

	private static HttpProvider provider(String url, WebClient client) {
		return new HttpProvider(HttpProviderSettings.of("acme", url, "m"), new OpenAiFormat("acme"), client,
				ApiKeys.of("k"), new ErrorReader(new DefaultErrorClassifier(), Clock.systemUTC()));
	}

}
