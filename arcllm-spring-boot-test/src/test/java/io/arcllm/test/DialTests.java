package io.arcllm.test;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;

import io.arcllm.test.vendor.Fault;
import io.arcllm.test.vendor.Json;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.core.JacksonException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Each dial breaks each vendor in its way, whole and streamed.
 */
class DialTests {

	private static final Duration A_MOMENT = Duration.ofMillis(300);

	private static FakeVendors simulator;

	@BeforeAll
	static void start() {
		simulator = FakeVendors.start(FakeVendorSettings.instant());
	}

	@AfterAll
	static void stop() {
		simulator.close();
	}

	@AfterEach
	void mend() {
		simulator.vendors().forEach((vendor) -> vendor.set(Dial.HEALTHY));
	}

	@ParameterizedTest
	@CsvSource({ "anthropic, rate-limit, 429, rate_limit_error", "anthropic, server-error, 500, api_error",
			"anthropic, unavailable, 503, overloaded_error", "anthropic, overloaded, 529, overloaded_error",
			"anthropic, context-length, 400, prompt is too long", "anthropic, content-filter, 400, content filtering",
			"openai, rate-limit, 429, rate_limit_exceeded", "openai, 500, 500, server_error",
			"openai, 503, 503, overloaded", "openai, context-length, 400, context_length_exceeded",
			"openai, content-filter, 400, content_filter", "ollama, rate-limit, 429, too many",
			"ollama, context-length, 400, max context length", "ollama, 529, 529, busy" })
	void errorsComeInTheVendorsShape(String vendor, String fault, int status, String words) throws Exception {
		set(vendor, "{\"fault\":\"" + fault + "\",\"retryAfter\":7}");
		for (boolean streamed : new boolean[] { false, true }) {
			HttpResponse<String> response = ask(vendor, streamed);
			assertThat(response.statusCode()).isEqualTo(status);
			assertThat(response.body()).contains(words);
			assertThat(response.headers().firstValue("retry-after").orElse("none"))
				.isEqualTo((status == 429) ? "7" : "none");
		}
	}

	@ParameterizedTest
	@CsvSource({ "anthropic, reset", "openai, down", "ollama, reset", "anthropic, cut", "openai, cut", "ollama, cut" })
	void connectionsBreak(String vendor, String fault) {
		set(vendor, "{\"fault\":\"" + fault + "\"}");
		for (boolean streamed : new boolean[] { false, true }) {
			assertThatExceptionOfType(IOException.class).isThrownBy(() -> ask(vendor, streamed))
				.isNotInstanceOf(HttpTimeoutException.class);
		}
	}

	@ParameterizedTest
	@CsvSource({ "anthropic, silence", "openai, slow", "ollama, silence", "anthropic, stall", "openai, stall",
			"ollama, stall" })
	void silentVendorsLetGoWhenTheCallerLeaves(String vendor, String fault) throws Exception {
		set(vendor, "{\"fault\":\"" + fault + "\",\"delay\":600}");
		for (boolean streamed : new boolean[] { false, true }) {
			assertThatExceptionOfType(HttpTimeoutException.class).isThrownBy(() -> ask(vendor, streamed, A_MOMENT));
		}
		long deadline = System.nanoTime() + Duration.ofSeconds(10).toNanos();
		while (vendor(vendor).state().active() > 0 && System.nanoTime() < deadline) {
			Thread.onSpinWait();
		}
		assertThat(vendor(vendor).state().active()).isZero();
	}

	@ParameterizedTest
	@ValueSource(strings = { "anthropic", "openai", "ollama" })
	void malformedAnswersAreNoJson(String vendor) throws Exception {
		set(vendor, "{\"fault\":\"malformed\"}");
		HttpResponse<String> whole = ask(vendor, false);
		assertThat(whole.statusCode()).isEqualTo(200);
		assertThatExceptionOfType(JacksonException.class).isThrownBy(() -> Json.read(whole.body()));
		String streamed = ask(vendor, true).body();
		assertThat(streamed).doesNotContain("[DONE]", "message_stop", "\"done\":true").contains("\"cont");
	}

	@Test
	void slowVendorAnswersInTheEnd() throws Exception {
		set("openai", "{\"fault\":\"slow\",\"delay\":1}");
		long start = System.nanoTime();
		assertThat(ask("openai", true).body()).endsWith("data: [DONE]\n\n");
		assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(900));
	}

	@Test
	void timesBreaksTheNextCallsAlone() throws Exception {
		set("openai", "{\"fault\":\"500\",\"times\":2}");
		assertThat(ask("openai", false).statusCode()).isEqualTo(500);
		assertThat(ask("openai", true).statusCode()).isEqualTo(500);
		assertThat(ask("openai", false).statusCode()).isEqualTo(200);
		assertThat(vendor("openai").state().fault()).isEqualTo("healthy");
	}

	@Test
	void failingVendorFailsItsFirstCallAndEachNthAfterIt() throws Exception {
		try (FakeVendors failing = FakeVendors.start(new FakeVendorSettings(Pace.INSTANT, Map.of(), "ollama", 3))) {
			String url = failing.vendor("ollama").orElseThrow().url() + "/api/chat";
			for (int expected : new int[] { 529, 200, 200, 529, 200 }) {
				assertThat(RawHttp.post(url, body(false)).statusCode()).isEqualTo(expected);
			}
		}
	}

	@Test
	void secondsRunOut() {
		AtomicLong clock = new AtomicLong();
		DialState state = new DialState(new Random(1)::nextDouble, clock::get);
		state.set(Dial.read(Json.read("{\"fault\":\"down\",\"seconds\":10}")));
		assertThat(state.next()).isEqualTo(Fault.DOWN);
		clock.set(Duration.ofMillis(9_500).toNanos());
		assertThat(state.secondsLeft()).isEqualTo(1);
		assertThat(state.next()).isEqualTo(Fault.DOWN);
		clock.set(Duration.ofSeconds(10).toNanos());
		assertThat(state.next()).isEqualTo(Fault.HEALTHY);
	}

	@Test
	void rateBreaksThatShareOfCalls() {
		DialState state = new DialState(new Random(42)::nextDouble, () -> 0);
		state.set(Dial.read(Json.read("{\"fault\":\"503\",\"rate\":0.3}")));
		int broken = 0;
		for (int i = 0; i < 1000; i++) {
			broken += (state.next() == Fault.UNAVAILABLE) ? 1 : 0;
		}
		assertThat(broken).isBetween(250, 350);
	}

	@ParameterizedTest
	@ValueSource(strings = { "[]", "{}", "{\"fault\":\"sulk\"}", "{\"fault\":\"500\",\"rate\":2}",
			"{\"fault\":\"500\",\"times\":0}", "{\"fault\":\"500\",\"seconds\":1.5}",
			"{\"fault\":\"500\",\"often\":1}" })
	void wrongDialsAreRefused(String dial) {
		assertThatIllegalArgumentException().isThrownBy(() -> Dial.read(Json.read(dial)));
	}

	private static void set(String vendor, String dial) {
		vendor(vendor).set(Dial.read(Json.read(dial)));
	}

	private static FakeVendor vendor(String name) {
		return simulator.vendor(name).orElseThrow();
	}

	private static HttpResponse<String> ask(String vendor, boolean streamed) throws Exception {
		return ask(vendor, streamed, Duration.ofSeconds(20));
	}

	private static HttpResponse<String> ask(String vendor, boolean streamed, Duration limit) throws Exception {
		String path = switch (vendor) {
			case "anthropic" -> "/v1/messages";
			case "openai" -> "/v1/chat/completions";
			default -> "/api/chat";
		};
		return RawHttp.post(vendor(vendor).url() + path, body(streamed), limit);
	}

	private static String body(boolean streamed) {
		return "{\"model\":\"m\",\"stream\":" + streamed + ",\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}";
	}

}
