package io.arcllm.provider.error;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

import io.arcllm.ErrorKind;
import io.arcllm.LlmException;
import io.arcllm.Target;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.http.HttpHeaders;

import static org.assertj.core.api.Assertions.assertThat;

class ErrorReaderTests {

	private final HttpHeaders headers = new HttpHeaders();

	@Test
	void errorCarriesWhatTheVendorSays() {
		this.headers.set("x-request-id", "req_1");
		String body = "{\"error\": {\"message\": \"No such\\nmodel\", \"type\": \"t\", \"code\": \"model_not_found\"}}";
		LlmException error = read(404, body);
		assertThat(error).hasMessage("vendor/model-1 answered 404: No such model");
		assertThat(error.kind()).isEqualTo(ErrorKind.MODEL_NOT_FOUND);
		assertThat(error.status()).isEqualTo(404);
		assertThat(error.vendorCode()).isEqualTo("model_not_found");
		assertThat(error.requestId()).isEqualTo("req_1");
		assertThat(error.provider()).isEqualTo("vendor");
		assertThat(error.model()).isEqualTo("model-1");
		assertThat(error.body()).isEqualTo(body);
	}

	@Test
	void classifierIsAskedOnceWithEverything() {
		WireError[] asked = new WireError[1];
		byte[] body = "{\"message\": \"no\", \"code\": \"c\", \"type\": \"t\"}".getBytes(StandardCharsets.UTF_8);
		LlmException error = new ErrorReader((wire) -> {
			assertThat(asked[0]).isNull();
			asked[0] = wire;
			return ErrorKind.CONTENT_POLICY;
		}, RecordedErrors.CLOCK).read(RecordedErrors.TARGET, 418, this.headers, body, 0, body.length);
		assertThat(error.kind()).isEqualTo(ErrorKind.CONTENT_POLICY);
		assertThat(asked[0]).isEqualTo(new WireError(RecordedErrors.TARGET, 418, "c", "t", null, "no", this.headers,
				new String(body, StandardCharsets.UTF_8)));
	}

	@Test
	void errorOfAChoiceIsTheError() {
		LlmException error = read(200, "{\"choices\":[{\"index\":0,\"finish_reason\":\"error\",\"message\":"
				+ "{\"content\":\"Hal\"},\"error\":{\"code\":429,\"message\":\"Slow down\"}}]}");
		assertThat(error.kind()).isEqualTo(ErrorKind.RATE_LIMITED);
		assertThat(error.status()).isEqualTo(429);
		assertThat(error).hasMessage("vendor/model-1 answered 429: Slow down");
	}

	@Test
	void redirectIsAnErrorWithItsStatus() {
		LlmException error = read(302, "");
		assertThat(error).hasMessage("vendor/model-1 answered 302");
		assertThat(error.kind()).isEqualTo(ErrorKind.PROTOCOL);
		assertThat(error.status()).isEqualTo(302);
	}

	@ParameterizedTest
	@ValueSource(strings = { "Incorrect API key provided: sk-proj-a1B2c3D4e5F6g7H8. You can find yours.",
			"Incorrect API key provided: a1B2c3-D4e5F6g7H8", "bad key xai-a1B2c3D4e5F6g7H8i9", "token=a1B2c3D4e5F6g7H8",
			"Authorization: Bearer a1B2c3D4e5F6g7H8", "gsk_a1B2c3D4e5F6g7H8 is wrong",
			"Received API Key = 'a1B2c3D4e5F6g7H8', Key Hash = x", "hf_a1B2c3D4e5F6g7H8",
			"url was https://host/v1?key=AIzaSya1B2c3D4e5F6g7H8", "signed a1B2c3D4e5F6g7H8a1B2c3D4e5F6g7H8",
			"eyJhbGciOi.a1B2c3D4e5F6g7H8.sig", "Invalid key: \"a1B2c3D4e5F6g7H8\"" })
	void keyIsMaskedInMessageAndCode(String words) {
		LlmException error = read(401, "{\"code\": \"" + words.replace("\"", "\\\"") + "\", \"error\": \""
				+ words.replace("\"", "\\\"") + "\"}");
		assertThat(error.getMessage()).contains("***").doesNotContainIgnoringCase("D4e5F6g7H8");
		assertThat(error.vendorCode()).doesNotContainIgnoringCase("D4e5F6g7H8");
		assertThat(error.body()).contains("a1B2c3");
	}

	@Test
	void keyIsMaskedAndADummyWordIsNot() {
		LlmException failure = read(500, "{\"error\": \"a simulated failure, abc-123-defg\"}");
		assertThat(Secrets.mask(failure, "simulated")).hasMessageContaining("a simulated failure");
		assertThat(Secrets.mask(failure, "abc-123-defg").getMessage()).doesNotContain("abc-123");
	}

	@ParameterizedTest
	@ValueSource(strings = { "The model `meta-llama/Llama-4-Maverick-17B-128E-Instruct-FP8` does not exist",
			"API key not valid. Please pass a valid API key.", "Invalid API Key",
			"model: us.anthropic.claude-sonnet-4-5-20250929-v1:0",
			"Your team 3d338612-0000-4000-8000-123456789abc has no access", "tokens: 3333404 > 200000" })
	void wordsThatAreNoKeyStay(String words) {
		assertThat(read(400, "{\"error\": \"" + words + "\"}")).hasMessage("vendor/model-1 answered 400: " + words);
	}

	@Test
	void messageIsShortHoweverMuchIsSaid() {
		String long10k = "word ".repeat(2000);
		LlmException error = read(400, "{\"error\": \"" + long10k + "\"}");
		assertThat(error.getMessage()).hasSizeLessThan(500).endsWith("…");
		Target target = new Target("p".repeat(64), "m".repeat(2000));
		byte[] body = long10k.getBytes(StandardCharsets.UTF_8);
		assertThat(new ErrorReader(new DefaultErrorClassifier(), RecordedErrors.CLOCK)
			.read(target, 500, this.headers, body, 0, body.length)
			.getMessage()).hasSizeLessThan(500).contains("answered 500");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			value = { "{\"error\": {\"code\": 429, \"message\": \"x\"}} | 429",
					"{\"error\": {\"status_code\": 400}} | 400", "{\"error\": {\"code\": \"503\"}} | 503",
					"{\"statusCode\": 500, \"message\": \"x\"} | 500", "{\"error\": {\"message\": \"x\"}} |",
					"{\"error\": {\"code\": 50001}} |" })
	void errorInsideSuccessHasTheStatusItNames(String body, Integer status) {
		assertThat(read(200, body).status()).isEqualTo(status);
	}

	@Test
	void statusOfTheAnswerBeatsTheOneInside() {
		assertThat(read(502, "{\"error\": {\"code\": 400, \"message\": \"x\"}}").status()).isEqualTo(502);
	}

	@Test
	void headersOfSuccessfulAnswerSayNothingOfItsError() {
		this.headers.set("retry-after", "61");
		this.headers.set("x-should-retry", "false");
		this.headers.set("request-id", "req_2");
		LlmException error = read(200, "{\"type\": \"error\", \"error\": {\"type\": \"overloaded_error\"}}");
		assertThat(error.kind()).isEqualTo(ErrorKind.OVERLOADED);
		assertThat(error.retryAfter()).isNull();
		assertThat(error.isRetryable()).isTrue();
		assertThat(error.requestId()).isEqualTo("req_2");
	}

	@ParameterizedTest
	@CsvSource({ "false, 529, false", "true, 400, false", "true, 500, true", "FALSE, 500, false", "perhaps, 500, true",
			"perhaps, 400, false" })
	void vendorMayForbidToRetry(String told, int status, boolean retryable) {
		this.headers.set("x-should-retry", told);
		assertThat(read(status, "").isRetryable()).isEqualTo(retryable);
	}

	@ParameterizedTest
	@ValueSource(strings = { "request-id", "x-request-id", "apim-request-id", "x-amzn-requestid", "X-Request-ID" })
	void requestIdComesFromHeaders(String name) {
		this.headers.set(name, "id-1");
		assertThat(read(500, "{\"request_id\": \"id-2\"}").requestId()).isEqualTo("id-1");
	}

	@Test
	void requestIdComesFromBodyElse() {
		this.headers.set("cf-ray", "ray");
		assertThat(read(500, "{\"request_id\": \"id-2\"}").requestId()).isEqualTo("id-2");
		assertThat(read(500, "{}").requestId()).isNull();
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', value = {
			"429 | rate_limit_error | Extra usage is required for long context requests. | CONTEXT_WINDOW",
			"429 | rate_limit_error | Extra usage is required for 1M context. | CONTEXT_WINDOW",
			"400 | invalid_request_error | You're out of extra usage. Add more and keep going. | QUOTA_EXHAUSTED",
			"429 | rate_limit_error | You are out of extra usage | QUOTA_EXHAUSTED",
			"429 | rate_limit_error | The long context beta is not yet available for this subscription. | CONTEXT_WINDOW",
			"429 | rate_limit_error | This request would exceed the rate limit of 0 input tokens per minute | QUOTA_EXHAUSTED",
			"400 | invalid_request_error | Third-party apps now draw from your extra usage, not your plan | QUOTA_EXHAUSTED",
			"429 | throttling | Your monthly usage limit has been reached | QUOTA_EXHAUSTED",
			"500 | api_error | Free tier quota exhausted | QUOTA_EXHAUSTED",
			"200 | api_error | Please recharge your account | QUOTA_EXHAUSTED",
			"500 | insufficient_quota | You exceeded your current quota. | QUOTA_EXHAUSTED",
			"200 | insufficient_quota | You exceeded your current quota. | QUOTA_EXHAUSTED" })
	void whatNoWaitHelpsIsNoRateLimit(int status, String type, String words, ErrorKind kind) {
		LlmException error = read(status, "{\"error\": {\"type\": \"" + type + "\", \"message\": \"" + words + "\"}}");
		assertThat(error.kind()).isEqualTo(kind);
		assertThat(error.isRetryable()).isFalse();
	}

	@ParameterizedTest
	@CsvSource({ "stream,stream this model", "reasoning.summary,generate reasoning summaries",
			"model,use the model `m`" })
	void accountThatIsNotVerifiedMayNot(String parameter, String what) {
		LlmException error = read(400,
				"{\"error\": {\"message\": \"Your organization must be verified to " + what
						+ ". Please go to: https://vendor.example\", \"type\": \"invalid_request_error\", \"param\": \""
						+ parameter + "\", \"code\": \"unsupported_value\"}}");
		assertThat(error.kind()).isEqualTo(ErrorKind.PERMISSION);
		for (int status : new int[] { 200, 403, 404, 422 }) {
			assertThat(
					read(status, "{\"error\": {\"message\": \"Your organization must be verified to " + what + ".\"}}"))
				.extracting(LlmException::kind)
				.isEqualTo(ErrorKind.PERMISSION);
		}
	}

	@Test
	void waitThatProxiesHandOnIsRead() {
		for (String name : List.of("llm_provider-retry-after", "LLM_Provider-Retry-After",
				"llm_provider-llm_provider-retry-after")) {
			this.headers.set(name, "17");
			assertThat(read(429, "{}").retryAfter()).isEqualTo(Duration.ofSeconds(17));
			this.headers.remove(name);
		}
		this.headers.set("llm_provider-retry-after", "17");
		this.headers.set("retry-after", "3");
		assertThat(read(429, "{}").retryAfter()).isEqualTo(Duration.ofSeconds(3));
	}

	@Test
	void routerWithoutAHostThatTakesWhatIsAskedHasTheModel() {
		assertThat(read(404,
				"{\"error\": {\"message\": \"No endpoints found that can handle the requested parameters.\"}}")
			.kind()).isEqualTo(ErrorKind.UNSUPPORTED);
		assertThat(read(404, "{\"error\": {\"message\": \"No endpoints found for foo/bar.\"}}").kind())
			.isEqualTo(ErrorKind.MODEL_NOT_FOUND);
	}

	@ParameterizedTest
	@CsvSource({ "1008,QUOTA_EXHAUSTED", "2049,AUTHENTICATION", "1004,AUTHENTICATION", "1002,RATE_LIMITED",
			"1027,CONTENT_POLICY", "2013,INVALID_REQUEST" })
	void codeOfABaseResponseSaysWhatItIs(int code, ErrorKind kind) {
		LlmException error = read(200, "{\"id\": \"\", \"choices\": null, \"base_resp\": {\"status_code\": " + code
				+ ", \"status_msg\": \"so it is\"}}");
		assertThat(error.kind()).isEqualTo(kind);
		assertThat(error.getMessage()).endsWith("so it is");
		assertThat(error.vendorCode()).isEqualTo(String.valueOf(code));
	}

	@Test
	void headersThatAProxyHandsOnAreReadAsTheirOriginals() {
		this.headers.set("llm_provider-retry-after", "17");
		this.headers.set("LLM_Provider-X-Request-Id", "req_3");
		LlmException error = read(429, "{\"error\": {\"message\": \"rate limited\", \"code\": \"429\"}}");
		assertThat(error.retryAfter()).hasSeconds(17);
		assertThat(error.requestId()).isEqualTo("req_3");
		this.headers.set("retry-after", "2");
		assertThat(read(429, "").retryAfter()).hasSeconds(2);
	}

	@Test
	void wordsFromOutsideAreCleanedBeforeTheyAreTold() {
		this.headers.set("x-request-id", "r\u202e\u0085\u001b[31m" + "1".repeat(500));
		LlmException error = read(400,
				"{\"error\": {\"message\": \"a\\u2028b\\u009b\\u202ec\\r\\nd\", \"code\": \"x\\u200ey\"}}");
		assertThat(error).hasMessage("vendor/model-1 answered 400: a b c d");
		assertThat(error.vendorCode()).isEqualTo("x y");
		assertThat(error.requestId()).startsWith("r [31m1").hasSizeLessThanOrEqualTo(100);
	}

	@Test
	void pageIsToldByItsTitle() {
		assertThat(read(502, "<html><head><title>502 Bad\n Gateway</title></head><body>x</body></html>"))
			.hasMessage("vendor/model-1 answered 502: 502 Bad Gateway");
	}

	@Test
	void errorAtTheEndOfStreamIsFound() {
		LlmException error = read(200, "data: {\"choices\": []}\n\nevent: error\n"
				+ "data: {\"error\": {\"message\": \"no\", \"status_code\": 400, \"code\": \"tool_use_failed\"}}\n\n");
		assertThat(error.status()).isEqualTo(400);
		assertThat(error.kind()).isEqualTo(ErrorKind.INVALID_REQUEST);
	}

	@ParameterizedTest
	@MethodSource("seeds")
	void nothingThatComesMakesItFail(long seed) {
		Random random = new Random(seed);
		for (int i = 0; i < 200; i++) {
			String body = random.nextBoolean() ? json(random, 0) : bytes(random);
			HttpHeaders noise = new HttpHeaders();
			for (String name : List.of("retry-after", "retry-after-ms", "x-ratelimit-reset-tokens", "x-should-retry",
					"anthropic-ratelimit-tokens-reset", "x-ratelimit-remaining-tokens", "x-request-id")) {
				noise.set(name, NOISE.get(random.nextInt(NOISE.size())));
			}
			LlmException error = RecordedErrors.read(random.nextInt(100, 700), noise, body);
			assertThat(error.kind()).isNotNull();
			assertThat(error.getMessage()).hasSizeLessThan(500);
			if (error.retryAfter() != null) {
				assertThat(error.retryAfter()).isPositive();
			}
		}
	}

	static LongStream seeds() {
		return LongStream.range(0, 50);
	}

	@Test
	void depthAndLengthAreHarmless() {
		assertThat(read(400, "[".repeat(100_000)).kind()).isEqualTo(ErrorKind.INVALID_REQUEST);
		assertThat(read(400, "{\"error\":".repeat(400) + "1" + "}".repeat(400)).kind())
			.isEqualTo(ErrorKind.INVALID_REQUEST);
		assertThat(read(400, "<a".repeat(500_000)).kind()).isEqualTo(ErrorKind.INVALID_REQUEST);
		assertThat(read(400, "{\"error\": \"" + "'a'a ".repeat(100_000) + "\"}").kind())
			.isEqualTo(ErrorKind.INVALID_REQUEST);
		assertThat(read(429, "retry in " + "1h ".repeat(100_000)).kind()).isEqualTo(ErrorKind.RATE_LIMITED);
		assertThat(read(429, "request too large for ".repeat(5000)).kind()).isEqualTo(ErrorKind.RATE_LIMITED);
	}

	private static final List<String> NOISE = List.of("", "NaN", "-1", "1e999", "Infinity", "true", "12", "0",
			"999999999999999999999999", "6m0s", "2026-01-01T00:00:30Z", "T", "Thu, 99 Foo", "\u0000", "1767225630000");

	private static final List<String> NAMES = List.of("error", "errors", "message", "detail", "code", "type", "status",
			"details", "metadata", "raw", "retryDelay", "retry_after", "headers", "innererror", "response",
			"request_id");

	private static String json(Random random, int depth) {
		return switch (random.nextInt((depth > 4) ? 4 : 6)) {
			case 0 -> "null";
			case 1 -> String.valueOf(random.nextInt(-5, 600));
			case 2 -> "\"" + NOISE.get(random.nextInt(13)) + "\"";
			case 3 -> "1e" + random.nextInt(400);
			case 4 -> "[" + json(random, depth + 1) + "," + json(random, depth + 1) + "]";
			default -> "{" + String.join(",",
					IntStream.range(0, random.nextInt(5))
						.mapToObj(
								(i) -> "\"" + NAMES.get(random.nextInt(NAMES.size())) + "\":" + json(random, depth + 1))
						.toList())
					+ "}";
		};
	}

	private static String bytes(Random random) {
		byte[] bytes = new byte[random.nextInt(300)];
		random.nextBytes(bytes);
		return new String(bytes, StandardCharsets.ISO_8859_1);
	}

	private LlmException read(int status, String body) {
		return RecordedErrors.read(status, this.headers, body);
	}

}
