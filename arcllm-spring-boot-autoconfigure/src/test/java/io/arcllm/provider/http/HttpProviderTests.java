package io.arcllm.provider.http;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

import io.arcllm.ErrorKind;
import io.arcllm.LlmEvent;
import io.arcllm.LlmException;
import io.arcllm.LlmRequest;
import io.arcllm.LlmResponse;
import io.arcllm.PromptServers;
import io.arcllm.StopReason;
import io.arcllm.TimeoutStage;
import io.arcllm.VendorLimits;
import io.arcllm.WireListener;
import io.arcllm.provider.ModelTraits;
import io.arcllm.provider.WireFormat;
import io.arcllm.provider.error.DefaultErrorClassifier;
import io.arcllm.provider.error.ErrorReader;
import io.arcllm.provider.key.ApiKeys;
import io.arcllm.provider.openai.OpenAiFormat;
import io.netty.buffer.UnpooledByteBufAllocator;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import mockwebserver3.SocketEffect;
import mockwebserver3.junit5.StartStop;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Operators;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;
import reactor.test.StepVerifier;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.NettyDataBuffer;
import org.springframework.core.io.buffer.NettyDataBufferFactory;
import org.springframework.http.client.reactive.ReactorClientHttpConnector;
import org.springframework.util.unit.DataSize;
import org.springframework.web.reactive.function.client.WebClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

class HttpProviderTests {

	private static final Duration LIMIT = Duration.ofSeconds(20);

	private static final String CANARY = "sk-canary-8c1f";

	private static final String WHOLE = """
			{"id":"c1","model":"m-1","choices":[{"index":0,"message":{"role":"assistant","content":"Hello there"},
			"finish_reason":"stop"}],"usage":{"prompt_tokens":3,"completion_tokens":2}}""";

	private static final String STREAM = """
			data: {"id":"c1","model":"m-1","choices":[{"index":0,"delta":{"content":"Hello"}}]}

			data: {"id":"c1","choices":[{"index":0,"delta":{"content":" there"},"finish_reason":"stop"}]}

			data: {"id":"c1","choices":[],"usage":{"prompt_tokens":3,"completion_tokens":2}}

			data: [DONE]

			""";

	@StartStop
	private final MockWebServer server = PromptServers.create();

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void answerIsTheSameWholeAndStreamed(boolean streaming) {
		enqueueAnswer(streaming);
		LlmResponse response = ask(provider(), streaming);
		assertThat(response.text()).isEqualTo("Hello there");
		assertThat(response.usage().inputTokens()).isEqualTo(3);
		assertThat(response.usage().outputTokens()).isEqualTo(2);
		assertThat(response.stopReason().type()).isEqualTo(StopReason.Type.END_TURN);
		assertThat(response.target()).hasToString("acme/m-1");
		assertThat(response.requestId()).isEqualTo("r-7");
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void whatRemainsOfTheVendorsLimitsIsTold(boolean streaming) {
		this.server.enqueue(new MockResponse.Builder()
			.addHeader("content-type", streaming ? "text/event-stream" : "application/json")
			.addHeader("x-ratelimit-remaining-requests", "7")
			.addHeader("x-ratelimit-remaining-tokens", "900")
			.body(streaming ? STREAM : WHOLE)
			.build());
		List<VendorLimits> told = new CopyOnWriteArrayList<>();
		WireListener listener = new WireListener() {

			@Override
			public void sending() {
			}

			@Override
			public void remaining(VendorLimits limits) {
				told.add(limits);
			}

		};
		provider().exchange(LlmRequest.of("Hi").withStreaming(streaming))
			.contextWrite((context) -> context.put(WireListener.class, listener))
			.blockLast(LIMIT);
		assertThat(told).containsExactly(new VendorLimits(7L, 900L));
	}

	@Test
	void streamGivesDeltasAndThenTheAnswer() {
		enqueueAnswer(true);
		StepVerifier.create(provider().stream(LlmRequest.of("Hi")))
			.expectNext(new LlmEvent.TextDelta("Hello"), new LlmEvent.TextDelta(" there"))
			.expectNextMatches((event) -> event.answer() != null)
			.expectComplete()
			.verify(LIMIT);
	}

	@Test
	void streamIsReadAsFastAsItIsTaken() {
		enqueueAnswer(true);
		StepVerifier.create(provider().stream(LlmRequest.of("Hi")), 0)
			.thenRequest(1)
			.expectNext(new LlmEvent.TextDelta("Hello"))
			.thenRequest(1)
			.expectNext(new LlmEvent.TextDelta(" there"))
			.thenRequest(1)
			.expectNextCount(1)
			.expectComplete()
			.verify(LIMIT);
	}

	@Test
	void connectionIsUsedAgainAfterAStream() throws Exception {
		enqueueAnswer(true);
		enqueueAnswer(true);
		ConnectionProvider one = ConnectionProvider.create("one", 1);
		HttpProvider provider = provider(HttpProviderSettings.of("acme", baseUrl(), "m"),
				client(HttpClient.create(one)));
		ask(provider, true);
		ask(provider, true);
		one.dispose();
		RecordedRequest first = request();
		RecordedRequest second = request();
		assertThat(second.getConnectionIndex()).isEqualTo(first.getConnectionIndex());
		assertThat(second.getExchangeIndex()).isEqualTo(1);
	}

	@Test
	void nothingIsSentBeforeTheSubscription() {
		provider().exchange(LlmRequest.of("Hi"));
		assertThat(this.server.getRequestCount()).isZero();
	}

	@Test
	void requestCarriesKeyHeadersOptionsAndDefaults() throws Exception {
		enqueueAnswer(false);
		HttpProviderSettings settings = new HttpProviderSettings("acme", baseUrl(), true, "m", Map.of("x-team", "blue"),
				Map.of("seed", 1, "user", "u"), 64, 0.5, (model) -> ModelTraits.UNKNOWN, false,
				DataSize.ofMegabytes(1));
		provider(settings, client()).invoke(LlmRequest.builder()
			.messages(io.arcllm.Message.user("Hi"))
			.temperature(0.0)
			.options(Map.of("seed", 2))
			.build());
		RecordedRequest request = request();
		assertThat(request.getTarget()).isEqualTo("/v1/chat/completions");
		assertThat(request.getHeaders().get("authorization")).isEqualTo("Bearer " + CANARY);
		assertThat(request.getHeaders().get("x-team")).isEqualTo("blue");
		assertThat(request.getHeaders().get("content-type")).isEqualTo("application/json");
		JsonNode body = json(request);
		assertThat(body.get("model").stringValue()).isEqualTo("m");
		assertThat(body.get("temperature").doubleValue()).isZero();
		assertThat(body.get("max_tokens").intValue()).isEqualTo(64);
		assertThat(body.get("seed").intValue()).isEqualTo(2);
		assertThat(body.get("user").stringValue()).isEqualTo("u");
		assertThat(body.has("top_p")).isFalse();
		assertThat(body.has("stream")).isFalse();
	}

	@ParameterizedTest
	@CsvSource({ "/v1/, /v1/chat/completions", "/v1?api-version=1, /v1/chat/completions?api-version=1",
			"/v1/?api-version=1, /v1/chat/completions?api-version=1", "/, /v1/chat/completions" })
	void operationIsPutBetweenThePathAndTheQuery(String baseUrl, String url) throws Exception {
		enqueueAnswer(false);
		ask(provider(HttpProviderSettings.of("acme", baseUrl() + baseUrl, "m"), client()), false);
		assertThat(request().getTarget()).isEqualTo(url);
	}

	@Test
	void missingModelIsRefusedBeforeAnythingIsSent() {
		HttpProvider provider = provider(HttpProviderSettings.of("acme", baseUrl(), null), client());
		LlmException failure = fail(provider, false);
		assertThat(failure.kind()).isEqualTo(ErrorKind.INVALID_REQUEST);
		assertThat(failure).hasMessageContaining("arcllm.providers.acme.model");
		assertThat(this.server.getRequestCount()).isZero();
	}

	@Test
	void missingKeyIsRefusedBeforeAnythingIsSent() {
		HttpProviderSettings settings = new HttpProviderSettings("acme", baseUrl(), true, "m", Map.of(), Map.of(), null,
				null, (model) -> ModelTraits.UNKNOWN, false, DataSize.ofMegabytes(1));
		HttpProvider provider = new HttpProvider(settings, new OpenAiFormat("acme"), client(), ApiKeys.of(" "),
				errors());
		assertThat(provider.validateConfig()).isFalse();
		assertThat(fail(provider, false).kind()).isEqualTo(ErrorKind.AUTHENTICATION);
		assertThat(this.server.getRequestCount()).isZero();
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void errorAnswerIsJudged(boolean streaming) {
		this.server.enqueue(new MockResponse.Builder().code(429)
			.addHeader("retry-after", "7")
			.body("{\"error\":{\"message\":\"slow down\",\"type\":\"rate_limit\"}}")
			.build());
		LlmException failure = fail(provider(), streaming);
		assertThat(failure.kind()).isEqualTo(ErrorKind.RATE_LIMITED);
		assertThat(failure.status()).isEqualTo(429);
		assertThat(failure.retryAfter()).isEqualTo(Duration.ofSeconds(7));
		assertThat(failure.details().target()).hasToString("acme/m");
	}

	@Test
	void ofALongErrorOnlyTheBeginningIsRead() {
		this.server.enqueue(new MockResponse.Builder().code(500).body("x".repeat(5_000_000)).build());
		LlmException failure = fail(provider(), false);
		assertThat(failure.kind()).isEqualTo(ErrorKind.SERVER_ERROR);
		assertThat(failure.body()).hasSize(1 << 20);
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void errorInsideASuccessfulAnswerIsAnError(boolean streaming) {
		this.server.enqueue(json("{\"error\":{\"message\":\"Overloaded\",\"type\":\"overloaded_error\"}}"));
		assertThat(fail(provider(), streaming).kind()).isEqualTo(ErrorKind.OVERLOADED);
	}

	@Test
	void streamAnsweredWholeIsStillAStream() {
		this.server.enqueue(json(WHOLE));
		StepVerifier.create(provider().stream(LlmRequest.of("Hi")))
			.expectNext(new LlmEvent.TextDelta("Hello there"))
			.expectNextMatches((event) -> event.answer() != null)
			.expectComplete()
			.verify(LIMIT);
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void refusedConnectionIsANetworkError(boolean streaming) {
		HttpProvider provider = provider();
		this.server.close();
		assertThat(fail(provider, streaming).kind()).isEqualTo(ErrorKind.NETWORK);
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void connectionClosedBeforeTheAnswerIsANetworkError(boolean streaming) {
		this.server
			.enqueue(new MockResponse.Builder().onResponseStart(new SocketEffect.CloseSocket()).body(WHOLE).build());
		this.server
			.enqueue(new MockResponse.Builder().onResponseStart(new SocketEffect.CloseSocket()).body(WHOLE).build());
		assertThat(fail(provider(), streaming).kind()).isEqualTo(ErrorKind.NETWORK);
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void connectionClosedInsideTheAnswerIsANetworkError(boolean streaming) {
		this.server.enqueue(new MockResponse.Builder().addHeader("content-type", type(streaming))
			.onResponseBody(new SocketEffect.CloseSocket())
			.body((streaming ? STREAM : WHOLE).replace("stop", "x".repeat(100_000)))
			.build());
		LlmException failure = fail(provider(), streaming);
		assertThat(failure.kind()).isEqualTo(ErrorKind.NETWORK);
	}

	@Test
	void unknownHostIsANetworkError() {
		HttpProvider provider = provider(HttpProviderSettings.of("acme", "http://nowhere.invalid", "m"), client());
		assertThat(fail(provider, false).kind()).isEqualTo(ErrorKind.NETWORK);
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void silenceIsATimeout(boolean streaming) {
		this.server.enqueue(new MockResponse.Builder().headersDelay(20, TimeUnit.SECONDS).body(WHOLE).build());
		HttpClient impatient = HttpClient.create().responseTimeout(Duration.ofMillis(100));
		HttpProvider provider = provider(HttpProviderSettings.of("acme", baseUrl(), "m"), client(impatient));
		LlmException failure = fail(provider, streaming);
		assertThat(failure.kind()).isEqualTo(ErrorKind.TIMEOUT);
		assertThat(failure.stage()).isEqualTo(streaming ? TimeoutStage.FIRST_TOKEN : TimeoutStage.ATTEMPT);
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void answerLongerThanAllowedIsRefused(boolean streaming) {
		String words = "x".repeat(3_000_000);
		this.server.enqueue(new MockResponse.Builder().addHeader("content-type", type(streaming))
			.chunkedBody((streaming ? STREAM : WHOLE).replace("Hello", words), 8192)
			.build());
		assertTooLong(fail(small(), streaming));
	}

	@Test
	void answerAnnouncedLongerThanAllowedIsRefused() {
		this.server.enqueue(json(WHOLE.replace("Hello", "x".repeat(3_000_000))));
		assertTooLong(fail(small(), false));
	}

	@Test
	void streamOfManyWordsIsBoundedToo() {
		String delta = "data: {\"choices\":[{\"delta\":{\"content\":\"" + "x".repeat(1000) + "\"}}]}\n\n";
		this.server.enqueue(new MockResponse.Builder().addHeader("content-type", type(true))
			.chunkedBody(delta.repeat(3000), 8192)
			.build());
		assertTooLong(fail(small(), true));
	}

	@Test
	void cancellingClosesTheConnection() throws Exception {
		try (ServerSocket vendor = new ServerSocket(0)) {
			CompletableFuture<Boolean> closed = CompletableFuture.supplyAsync(() -> isClosedAfterADelta(vendor));
			HttpProvider provider = provider(
					HttpProviderSettings.of("acme", "http://localhost:" + vendor.getLocalPort(), "m"), client());
			provider.stream(LlmRequest.of("Hi")).take(1).blockLast(LIMIT);
			assertThat(closed.get(20, TimeUnit.SECONDS)).isTrue();
		}
	}

	private static boolean isClosedAfterADelta(ServerSocket vendor) {
		try (Socket socket = vendor.accept()) {
			socket.getInputStream().read(new byte[65536]);
			String answer = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncontent-length: 9999\r\n\r\n"
					+ STREAM;
			socket.getOutputStream().write(answer.replace("[DONE]", "{}").getBytes(StandardCharsets.UTF_8));
			while (socket.getInputStream().read() >= 0) {
				Thread.onSpinWait();
			}
			return true;
		}
		catch (IOException ex) {
			return true;
		}
	}

	@Test
	void answerIsThereThoughTheConnectionStaysOpen() {
		this.server.enqueue(new MockResponse.Builder().addHeader("content-type", type(true))
			.body(STREAM)
			.removeHeader("content-length")
			.setHeader("content-length", STREAM.length() + 100)
			.onResponseEnd(SocketEffect.Stall.INSTANCE)
			.build());
		List<LlmEvent> events = provider().stream(LlmRequest.of("Hi")).collectList().block(LIMIT);
		assertThat(events).hasSize(3);
	}

	@ParameterizedTest
	@ValueSource(strings = { "complete", "malformed", "too long", "cancelled" })
	void everyBufferIsReleased(String how) {
		NettyDataBufferFactory factory = new NettyDataBufferFactory(UnpooledByteBufAllocator.DEFAULT);
		List<NettyDataBuffer> buffers = new ArrayList<>();
		String text = how.equals("malformed") ? STREAM.replace(" there", "\"") : STREAM;
		Flux<DataBuffer> body = Flux.fromArray(text.split("(?<=\n)"))
			.repeat(3)
			.map((line) -> (NettyDataBuffer) factory.allocateBuffer(100).write(line.getBytes(StandardCharsets.UTF_8)))
			.doOnNext(buffers::add)
			.cast(DataBuffer.class);
		WireFormat format = new OpenAiFormat("acme");
		SizeLimit limit = new SizeLimit(how.equals("too long") ? 50 : 10_000, StreamedAnswer.context().target());
		AnswerBody answer = new StreamedBody(format.framing(), format.decoder(StreamedAnswer.context()), limit, false);
		Publisher<LlmEvent> events = (subscriber) -> body
			.subscribe(new BodySubscriber(Operators.toCoreSubscriber(subscriber), answer, (ex) -> ex));
		Flux.from(events).take(how.equals("cancelled") ? 1 : 100).onErrorComplete().blockLast(LIMIT);
		assertThat(buffers).isNotEmpty().allMatch((buffer) -> buffer.getNativeBuffer().refCnt() == 0);
	}

	@Test
	void connectionThatBreaksAfterTheEndOfTheAnswerBreaksNothing() {
		this.server.enqueue(new MockResponse.Builder().addHeader("content-type", type(true))
			.body(STREAM.substring(0, STREAM.indexOf("data: [DONE]")))
			.setHeader("content-length", STREAM.length() + 100)
			.onResponseEnd(SocketEffect.ShutdownConnection.INSTANCE)
			.build());
		assertThat(ask(provider(), true).text()).isEqualTo("Hello there");
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void whatIsNoAnswerIsAProtocolError(boolean streaming) {
		this.server.enqueue(new MockResponse.Builder().addHeader("content-type", "text/html").body("<html>").build());
		assertThat(fail(provider(), streaming).kind()).isEqualTo(ErrorKind.PROTOCOL);
	}

	@Test
	void keyIsNowhere() {
		List<LlmException> failures = new ArrayList<>();
		this.server.enqueue(new MockResponse.Builder().code(401).body("Incorrect API key: " + CANARY).build());
		failures.add(fail(provider(), false));
		failures.add(fail(new HttpProvider(HttpProviderSettings.of("acme", baseUrl(), "m"), new OpenAiFormat("acme"),
				client(), ApiKeys.of(CANARY + "\n" + CANARY), errors()), false));
		this.server.close();
		failures.add(fail(provider(), false));
		for (LlmException failure : failures) {
			assertThat(failure).hasStackTraceContaining("acme").hasMessageNotContaining(CANARY);
			assertThat(trace(failure)).doesNotContain(CANARY);
		}
		assertThat(provider()).hasToString("acme");
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void keyThatTheVendorRepeatsInWordsOfItsOwnIsMasked(boolean streaming) {
		String key = "plainwordsalone";
		HttpProvider provider = new HttpProvider(HttpProviderSettings.of("acme", baseUrl(), "m"),
				new OpenAiFormat("acme"), client(), ApiKeys.of(key), errors());
		String error = "{\"error\":{\"message\":\"Nobody is called %s here\",\"code\":\"%s\"}}".formatted(key, key);
		this.server.enqueue(new MockResponse.Builder().code(401).addHeader("x-request-id", key).body(error).build());
		this.server.enqueue(json(error));
		for (int i = 0; i < 2; i++) {
			LlmException failure = fail(provider, streaming);
			assertThat(failure).hasMessageContaining("Nobody is called").hasMessageNotContaining(key);
			assertThat(failure.vendorCode()).isNotNull().doesNotContain(key);
			assertThat(String.valueOf(failure.requestId())).doesNotContain(key);
			assertThat(trace(failure)).doesNotContain(key);
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 280, 286, 290, 294, 298, 300 })
	void keyThatIsCutWithTheWordsAroundItIsMasked(int before) {
		HttpProvider provider = new HttpProvider(HttpProviderSettings.of("acme", baseUrl(), "m"),
				new OpenAiFormat("acme"), client(), ApiKeys.of("plainwordsalone"), errors());
		this.server.enqueue(new MockResponse.Builder().code(401)
			.body("{\"error\":{\"message\":\"" + "x".repeat(before) + "plainwordsalone is nobody\"}}")
			.build());
		assertThat(fail(provider, false)).hasMessageContaining("xxx").hasMessageNotContaining("plai");
	}

	private static String trace(Throwable failure) {
		java.io.StringWriter text = new java.io.StringWriter();
		failure.printStackTrace(new java.io.PrintWriter(text));
		return text.toString();
	}

	private void assertTooLong(LlmException failure) {
		assertThat(failure.kind()).isEqualTo(ErrorKind.PROTOCOL);
		assertThat(failure).hasMessageContaining("max-response-size");
	}

	private void enqueueAnswer(boolean streaming) {
		this.server.enqueue(new MockResponse.Builder().addHeader("content-type", type(streaming))
			.addHeader("x-request-id", "r-7")
			.chunkedBody(streaming ? STREAM : WHOLE, 50)
			.build());
	}

	private static MockResponse json(String body) {
		return new MockResponse.Builder().addHeader("content-type", "application/json").body(body).build();
	}

	private static String type(boolean streaming) {
		return streaming ? "text/event-stream" : "application/json";
	}

	private RecordedRequest request() throws InterruptedException {
		RecordedRequest request = this.server.takeRequest(5, TimeUnit.SECONDS);
		assertThat(request).isNotNull();
		return request;
	}

	private static JsonNode json(RecordedRequest request) {
		return JsonMapper.shared().readTree(request.getBody().string(StandardCharsets.UTF_8));
	}

	private static LlmResponse ask(HttpProvider provider, boolean streaming) {
		return provider.invokeAsync(LlmRequest.of("Hi").withStreaming(streaming)).block(LIMIT);
	}

	private static LlmException fail(HttpProvider provider, boolean streaming) {
		Flux<LlmEvent> events = provider.exchange(LlmRequest.of("Hi").withStreaming(streaming));
		return catchThrowableOfType(LlmException.class, () -> events.blockLast(LIMIT));
	}

	private String baseUrl() {
		return this.server.url("").toString().replaceAll("/$", "");
	}

	private HttpProvider provider() {
		return provider(HttpProviderSettings.of("acme", baseUrl(), "m"), client());
	}

	private HttpProvider small() {
		return provider(new HttpProviderSettings("acme", baseUrl(), false, "m", Map.of(), Map.of(), null, null,
				(model) -> ModelTraits.UNKNOWN, false, DataSize.ofMegabytes(2)), client());
	}

	private static HttpProvider provider(HttpProviderSettings settings, WebClient client) {
		return new HttpProvider(settings, new OpenAiFormat("acme"), client, ApiKeys.of(CANARY), errors());
	}

	private static ErrorReader errors() {
		return new ErrorReader(new DefaultErrorClassifier(), Clock.systemUTC());
	}

	private static WebClient client() {
		return WebClient.create();
	}

	private static WebClient client(HttpClient client) {
		return WebClient.builder().clientConnector(new ReactorClientHttpConnector(client)).build();
	}

}
