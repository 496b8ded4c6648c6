package io.arcllm.sample.gateway;

import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.arcllm.Content;
import io.arcllm.ErrorKind;
import io.arcllm.LlmEvent;
import io.arcllm.LlmException;
import io.arcllm.LlmResponse;
import io.arcllm.RefusedParameter;
import io.arcllm.StopReason;
import io.arcllm.Target;
import io.arcllm.ToolCall;
import io.arcllm.Trail;
import io.arcllm.Usage;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The gateway speaks OpenAI's protocol whatever the providers do.
 */
class GatewayTests {

	private static final Target CLAUDE = new Target("anthropic", "claude-real");

	private static final String ASK = "{\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}";

	private static final String STREAM = ASK.replace("{\"messages\"",
			"{\"stream\":true,\"stream_options\":{\"include_usage\":true},\"messages\"");

	private static GatewayServer gateway;

	@BeforeAll
	static void start() {
		gateway = new GatewayServer();
	}

	@AfterAll
	static void stop() {
		gateway.close();
	}

	@Test
	void wholeAnswerSaysWhoAnswered() throws Exception {
		gateway.answer(completed("Hello \"you\"", StopReason.Type.END_TURN));
		HttpResponse<String> response = gateway.chat(ASK);
		assertThat(response.statusCode()).isEqualTo(200);
		assertThat(response.headers().map()).containsEntry("x-arcllm-provider", List.of("anthropic"))
			.containsEntry("x-arcllm-attempts", List.of("1"))
			.containsKey("x-request-id");
		JsonNode body = Fields.MAPPER.readTree(response.body());
		assertThat(body.at("/object").asString()).isEqualTo("chat.completion");
		assertThat(body.at("/model").asString()).isEqualTo("claude-real");
		assertThat(body.at("/id").asString()).startsWith("chatcmpl-");
		assertThat(body.at("/created").asLong()).isPositive();
		assertThat(body.at("/choices/0/message/content").asString()).isEqualTo("Hello \"you\"");
		assertThat(body.at("/choices/0/message/reasoning_content").asString()).isEqualTo("hm");
		assertThat(body.at("/usage/total_tokens").asInt()).isEqualTo(15);
		assertThat(body.at("/usage/prompt_tokens_details/cached_tokens").asInt()).isEqualTo(3);
		assertThat(body.at("/usage/completion_tokens_details").isMissingNode()).isTrue();
	}

	@Test
	void wholeToolCallsKeepTheModelsWords() throws Exception {
		gateway.answer(new LlmEvent.Completed(new LlmResponse("", List.of(),
				List.of(new ToolCall("c1", "f", "{\"a\": 1}", Map.of("a", 1)), ToolCall.of("c2", "g", Map.of("b", 2))),
				Usage.UNKNOWN, StopReason.of(StopReason.Type.TOOL_USE), CLAUDE, null, null, null, Trail.EMPTY)));
		JsonNode body = Fields.MAPPER.readTree(gateway.chat(ASK).body());
		assertThat(body.at("/choices/0/message/content").isNull()).isTrue();
		assertThat(body.at("/choices/0/message/tool_calls/0/function/arguments").asString()).isEqualTo("{\"a\": 1}");
		assertThat(body.at("/choices/0/message/tool_calls/1/function/arguments").asString()).isEqualTo("{\"b\":2}");
		assertThat(body.at("/choices/0/finish_reason").asString()).isEqualTo("tool_calls");
		assertThat(body.has("usage")).isFalse();
	}

	@ParameterizedTest
	@CsvSource({ "END_TURN, stop", "STOP_SEQUENCE, stop", "PAUSE, stop", "TOOL_USE, tool_calls", "MAX_TOKENS, length",
			"CONTENT_FILTER, content_filter", "REFUSAL, content_filter", "OTHER, other" })
	void stopReasonsAreOpenAis(StopReason.Type type, String finish) throws Exception {
		gateway.answer(completed("x", type));
		JsonNode whole = Fields.MAPPER.readTree(gateway.chat(ASK).body());
		assertThat(whole.at("/choices/0/finish_reason").asString()).isEqualTo(finish);
		assertThat(gateway.chat(STREAM).body()).contains("\"finish_reason\":\"" + finish + "\"");
	}

	@Test
	void streamIsChunksThenUsageThenDone() throws Exception {
		gateway.answer(new LlmEvent.ThinkingDelta("hm"), new LlmEvent.TextDelta("Hel\nlo"),
				new LlmEvent.TextDelta(" \"ü\""), new LlmEvent.ToolCallDelta(0, "c1", "f", "{\"a\""),
				new LlmEvent.ToolCallDelta(0, "", "", ":1}"), completed("Hel\nlo \"ü\"", StopReason.Type.TOOL_USE));
		HttpResponse<String> response = gateway.chat(STREAM);
		assertThat(response.headers().firstValue("content-type").orElse("")).startsWith("text/event-stream");
		assertThat(response.headers().map()).containsEntry("x-arcllm-provider", List.of("anthropic"))
			.containsEntry("x-arcllm-attempts", List.of("1"));
		assertThat(response.body()).endsWith("data: [DONE]\n\n");
		List<JsonNode> chunks = chunks(response.body());
		assertThat(chunks.get(0).at("/choices/0/delta/role").asString()).isEqualTo("assistant");
		assertThat(chunks.get(1).at("/choices/0/delta/reasoning_content").asString()).isEqualTo("hm");
		assertThat(chunks.get(2).at("/choices/0/delta/content").asString()).isEqualTo("Hel\nlo");
		assertThat(chunks.get(3).at("/choices/0/delta/content").asString()).isEqualTo(" \"ü\"");
		assertThat(chunks.get(4).at("/choices/0/delta/tool_calls/0/id").asString()).isEqualTo("c1");
		assertThat(chunks.get(5).at("/choices/0/delta/tool_calls/0/function/arguments").asString()).isEqualTo(":1}");
		assertThat(chunks.get(6).at("/choices/0/finish_reason").asString()).isEqualTo("tool_calls");
		assertThat(chunks.get(7).at("/choices").isEmpty()).isTrue();
		assertThat(chunks.get(7).at("/usage/total_tokens").asInt()).isEqualTo(15);
		assertThat(chunks.get(0).at("/model").asString()).isEqualTo("claude-x");
		assertThat(chunks.get(7).at("/model").asString()).isEqualTo("claude-real");
		assertThat(chunks).allSatisfy((chunk) -> assertThat(chunk.at("/id")).isEqualTo(chunks.get(0).at("/id")));
	}

	@Test
	void streamOfAWholeAnswerHasAllOfIt() throws Exception {
		gateway.answer(completed("All at once", StopReason.Type.END_TURN));
		assertThat(gateway.chat(STREAM).body()).contains("\"content\":\"All at once\"", "\"reasoning_content\":\"hm\"");
	}

	@Test
	void thinkingIsShownAsRedactionShowsIt() throws Exception {
		LlmResponse answer = LlmResponse.builder()
			.content(new Content.Thinking("of bob@example.com", "signed", null, "anthropic"), new Content.Text("x"))
			.build()
			.withShownThinking("of [EMAIL]");
		gateway.answer(new LlmEvent.Completed(answer));
		assertThat(gateway.chat(ASK).body()).contains("\"reasoning_content\":\"of [EMAIL]\"")
			.doesNotContain("bob@example.com");
		assertThat(gateway.chat(STREAM).body()).contains("\"reasoning_content\":\"of [EMAIL]\"")
			.doesNotContain("bob@example.com");
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void answerOfTheCacheSaysSo(boolean stale) throws Exception {
		gateway.answer(new LlmEvent.Completed(
				new LlmResponse(List.of(new Content.Text("x")), Usage.UNKNOWN, StopReason.of(StopReason.Type.END_TURN),
						CLAUDE, null, null, null, Trail.EMPTY, stale, Duration.ofMillis(7900))));
		for (String body : List.of(ASK, STREAM)) {
			assertThat(gateway.chat(body).headers().map())
				.containsEntry("x-arcllm-cache", List.of(stale ? "stale" : "hit"))
				.containsEntry("age", List.of("7"))
				.containsEntry("x-arcllm-attempts", List.of("0"))
				.containsEntry("x-arcllm-provider", List.of("anthropic"));
		}
	}

	@Test
	void streamThatBreaksEndsWithAnErrorAndWithoutDone() throws Exception {
		gateway.answer(Flux.concat(Flux.just(new LlmEvent.TextDelta("Hel")),
				Flux.error(LlmException.of(ErrorKind.INTERRUPTED, "cut").provider("anthropic").build())));
		HttpResponse<String> response = gateway.chat(STREAM);
		assertThat(response.statusCode()).isEqualTo(200);
		assertThat(response.body()).contains("Hel").doesNotContain("[DONE]");
		List<JsonNode> chunks = chunks(response.body());
		assertThat(chunks.get(chunks.size() - 1).at("/error/code").asString()).isEqualTo("interrupted");
	}

	@Test
	void streamThatBeginsAgainEndsWithAnError() throws Exception {
		gateway.answer(new LlmEvent.TextDelta("Hel"), new LlmEvent.Restarted(CLAUDE, "cut"),
				new LlmEvent.TextDelta("Hello"), completed("Hello", StopReason.Type.END_TURN));
		assertThat(gateway.chat(STREAM).body()).contains("\"error\"").doesNotContain("Hello", "[DONE]");
	}

	@Test
	void innerAddressesAreNotToldOutside() throws Exception {
		gateway.answer(Flux.error(LlmException
			.of(ErrorKind.NETWORK, "ollama/m failed: Connection refused: inner-host/10.0.0.7:11434, 10.0.0.7:11434")
			.target(CLAUDE)
			.build()));
		assertThat(gateway.chat(ASK).body()).contains("Connection refused").doesNotContain("10.0.0.7", "inner-host");
	}

	@ParameterizedTest
	@CsvSource({ "RATE_LIMITED, 429, rate_limit_exceeded", "THROTTLED, 429, throttled",
			"QUOTA_EXHAUSTED, 429, insufficient_quota", "OVERLOADED, 503, overloaded",
			"CIRCUIT_OPEN, 503, circuit_open", "BULKHEAD_FULL, 503, bulkhead_full", "SERVER_ERROR, 502, server_error",
			"NETWORK, 502, network", "PROTOCOL, 502, protocol", "INTERRUPTED, 502, interrupted",
			"TIMEOUT, 504, timeout", "DEADLINE_EXCEEDED, 504, deadline_exceeded",
			"AUTHENTICATION, 401, invalid_api_key", "PERMISSION, 403, permission",
			"MODEL_NOT_FOUND, 404, model_not_found", "CONTEXT_WINDOW, 400, context_length_exceeded",
			"CONTENT_POLICY, 400, content_filter", "INVALID_REQUEST, 400, invalid_request",
			"BUDGET_EXCEEDED, 402, insufficient_quota", "UNSUPPORTED, 400, unsupported_parameter",
			"AUDIT_UNAVAILABLE, 503, audit_unavailable" })
	void failuresHaveTheStatusThatFits(ErrorKind kind, int status, String code) throws Exception {
		gateway.answer(Flux.error(LlmException.of(kind, "no").target(CLAUDE).build()));
		for (String body : List.of(ASK, STREAM)) {
			HttpResponse<String> response = gateway.chat(body);
			assertThat(response.statusCode()).isEqualTo(status);
			assertThat(response.headers().firstValue("content-type").orElse("")).isEqualTo("application/json");
			JsonNode error = Fields.MAPPER.readTree(response.body()).path("error");
			assertThat(error.path("code").asString()).isEqualTo(code);
			assertThat(error.path("message").asString()).isEqualTo("no");
			assertThat(error.has("type") && error.has("param")).isTrue();
			assertThat(response.headers().firstValue("x-arcllm-attempts").orElse("")).isEqualTo("1");
		}
	}

	@ParameterizedTest
	@CsvSource({ "temperature, temperature", "top-p, top_p", "schema, response_format", "forced-tool, tool_choice",
			"streaming, stream", "images, messages", "logit_bias, logit_bias" })
	void refusedParameterIsNamedAsThisFormatNamesIt(String name, String param) throws Exception {
		gateway.answer(Flux.error(LlmException.of(ErrorKind.UNSUPPORTED, "no")
			.refusedParameter(new RefusedParameter(name, RefusedParameter.Why.PARAMETER, null))
			.build()));
		assertThat(Fields.MAPPER.readTree(gateway.chat(ASK).body()).at("/error/param").asString()).isEqualTo(param);
	}

	@ParameterizedTest
	@EnumSource(ErrorKind.class)
	void everyKindHasAStatus(ErrorKind kind) {
		assertThat(GatewayErrors.of(LlmException.of(kind, "no").build()).status()).isBetween(400, 599);
	}

	@Test
	void retryAfterIsPassedOn() throws Exception {
		gateway.answer(
				Flux.error(LlmException.of(ErrorKind.RATE_LIMITED, "no").retryAfter(Duration.ofMillis(1200)).build()));
		assertThat(gateway.chat(STREAM).headers().map()).containsEntry("retry-after", List.of("2"))
			.containsEntry("retry-after-ms", List.of("1200"));
	}

	@Test
	void unexpectedFailureKeepsItsSecrets() throws Exception {
		gateway.answer(Flux.error(new IllegalStateException("password=hunter2")));
		HttpResponse<String> response = gateway.chat(ASK);
		assertThat(response.statusCode()).isEqualTo(500);
		assertThat(response.body()).doesNotContain("hunter2");
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void clientThatLeavesCancelsTheCall(boolean streamed) throws Exception {
		CountDownLatch asked = new CountDownLatch(1);
		CountDownLatch cancelled = new CountDownLatch(1);
		Flux<LlmEvent> begun = streamed ? Flux.just(new LlmEvent.TextDelta("Hel")) : Flux.empty();
		gateway.answer(begun.concatWith(Flux.never())
			.doOnSubscribe((subscription) -> asked.countDown())
			.doOnCancel(cancelled::countDown));
		CompletableFuture<HttpResponse<String>> answer = gateway.chatAsync(streamed ? STREAM : ASK);
		assertThat(asked.await(10, TimeUnit.SECONDS)).isTrue();
		answer.cancel(true);
		assertThat(cancelled.await(10, TimeUnit.SECONDS)).isTrue();
	}

	@Test
	void tooLargeAndEmptyBodiesAreRefused() throws Exception {
		assertThat(gateway.chat(ASK.replace("Hi", "x".repeat(200_000))).statusCode()).isEqualTo(413);
		assertThat(gateway.chat("").statusCode()).isEqualTo(400);
	}

	private static LlmEvent.Completed completed(String text, StopReason.Type stop) {
		return new LlmEvent.Completed(
				new LlmResponse(text, List.of(new Content.Thinking("hm", null, null, "anthropic")), List.of(),
						new Usage(10, 5, 3, null, null), StopReason.of(stop), CLAUDE, "r", null, null, Trail.EMPTY));
	}

	private static List<JsonNode> chunks(String body) {
		return body.lines()
			.filter((line) -> line.startsWith("data: {"))
			.map((line) -> Fields.MAPPER.readTree(line.substring(6)))
			.toList();
	}

}
