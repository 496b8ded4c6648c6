package io.arcllm.autoconfigure;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import io.arcllm.Attempt;
import io.arcllm.Attempt.Cause;
import io.arcllm.Attempt.Outcome;
import io.arcllm.ErrorKind;
import io.arcllm.LlmEvent;
import io.arcllm.LlmException;
import io.arcllm.LlmProvider;
import io.arcllm.LlmRequest;
import io.arcllm.LlmResponse;
import io.arcllm.Message;
import io.arcllm.Trail;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Whole stacks whose vendors fail at random: the trail of a call tells each request that
 * the vendors saw, and why it was made.
 */
@Timeout(120)
class RandomTrailsTests {

	private static final int CALLS = 25;

	private static final String ANSWER = "one two three";

	/** The beginning of an answer that is to be gone on with. */
	private static final Pattern BEGUN = Pattern.compile("\"assistant\",\"content\":\"([^\"]*)\"");

	private static final Pattern CALL = Pattern.compile("call-(\\d+)-");

	@AutoClose
	private final Vendors vendors = new Vendors();

	/** What the vendors saw. */
	private final Queue<Seen> seen = new ConcurrentLinkedQueue<>();

	private final Random random = new Random(7);

	/**
	 * A request at a vendor.
	 *
	 * @param call its number
	 * @param provider whose vendor
	 * @param temperature whether it had one
	 */
	private record Seen(int call, String provider, boolean temperature) {
	}

	static Stream<Arguments> stacks() {
		String retry = "arcllm.modules.retry.enabled=true";
		String fallback = "arcllm.modules.fallback.enabled=true";
		String chain = "arcllm.modules.fallback.chain=second,third";
		String upstream = "arcllm.modules.streams.upstream=always";
		String inside = "arcllm.modules.order=fallback,retry,circuit-breaker,timeout";
		String hedge = "arcllm.modules.hedge.enabled=true";
		return Stream.of(new String[] { fallback, chain }, new String[] { retry, fallback, chain },
				new String[] { retry, fallback, chain, upstream },
				new String[] { retry, fallback, chain, inside, upstream, "arcllm.max-attempts=4" },
				new String[] { retry, upstream, "arcllm.modules.streams.recovery=restart" },
				new String[] { retry, fallback, chain, "arcllm.modules.streams.recovery=replay", upstream },
				new String[] { fallback, chain, "arcllm.modules.streams.recovery=restart", "arcllm.max-attempts=3" },
				new String[] { retry, fallback, chain, inside, "arcllm.modules.streams.recovery=continue",
						"arcllm.providers.second.accepts-prefix=true" },
				new String[] { fallback, chain, hedge, upstream },
				new String[] { retry, fallback, chain, hedge, inside, "arcllm.modules.streams.recovery=replay",
						"arcllm.max-attempts=5" },
				new String[] { "arcllm.profile=resilient", "arcllm.modules.hedge.max-ratio=100%",
						"arcllm.modules.hedge.burst=100", "arcllm.modules.circuit-breaker.enabled=false" })
			.map((properties) -> Arguments.of(String.join(" ", properties).replace("arcllm.modules.", ""), properties));
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("stacks")
	void trailTellsEachRequestAndWhyItWasMade(String name, String[] properties) {
		serve("first", this.vendors.first);
		serve("second", this.vendors.second);
		serve("third", this.vendors.third);
		boolean hedged = name.contains("hedge");
		this.vendors.runner()
			.withConfiguration(AutoConfigurations.of(ArcllmCircuitBreakerAutoConfiguration.class))
			.withPropertyValues("arcllm.providers.first.api-key=", "arcllm.providers.first.api-keys=k1,k2",
					"arcllm.providers.first.keys.retry-after=1ms", "arcllm.modules.hedge.after=15ms",
					"arcllm.modules.hedge.minimum-delay=1ms", "arcllm.modules.hedge.until-known=15ms",
					"arcllm.modules.hedge.max-ratio=100%", "arcllm.modules.hedge.burst=1000",
					"arcllm.modules.retry.max-wait=50ms")
			.withPropertyValues(properties)
			.run((context) -> {
				LlmProvider llm = context.getBean(LlmProvider.class);
				for (int call = 0; call < CALLS; call++) {
					check(call, ask(llm, call, this.random.nextBoolean()), hedged);
				}
			});
	}

	private Trail ask(LlmProvider llm, int call, boolean streaming) {
		LlmRequest request = LlmRequest.builder()
			.messages(Message.user("call-" + call + "-"))
			.temperature(0.5)
			.streaming(streaming)
			.build();
		List<LlmEvent> events = new ArrayList<>();
		try {
			llm.exchange(request).doOnNext(events::add).blockLast(Duration.ofSeconds(20));
		}
		catch (LlmException failure) {
			return failure.trail();
		}
		LlmResponse answer = ((LlmEvent.Completed) events.get(events.size() - 1)).response();
		StringBuilder words = new StringBuilder();
		events.forEach((event) -> {
			if (event instanceof LlmEvent.TextDelta delta) {
				words.append(delta.text());
			}
			else if (event instanceof LlmEvent.Restarted) {
				words.setLength(0);
			}
		});
		assertThat(answer.text()).isEqualTo(ANSWER);
		assertThat(words.toString()).isEqualTo(streaming ? ANSWER : "");
		assertThat(answer.trail().attempts()).filteredOn((attempt) -> attempt.outcome() == Outcome.COMPLETED)
			.singleElement()
			.satisfies((attempt) -> assertThat(attempt.target().provider()).isEqualTo(answer.provider()));
		return answer.trail();
	}

	private void check(int call, Trail trail, boolean hedged) {
		List<Attempt> sent = trail.attempts().stream().filter(Attempt::wasSent).toList();
		List<Seen> requests = this.seen.stream().filter((one) -> one.call() == call).toList();
		String told = "call " + call + ": "
				+ sent.stream()
					.map((one) -> one.target().provider() + " " + one.cause() + " " + one.outcome() + " " + one.error()
							+ " " + one.status() + " without " + one.leftOut())
					.toList()
				+ " seen " + requests;
		assertThat(sent).as(told).isNotEmpty();
		if (hedged) {
			// a request that is cancelled may never arrive
			assertThat(requests).as(told).hasSizeLessThanOrEqualTo(sent.size());
			return;
		}
		assertThat(sent).as(told)
			.extracting((one) -> one.target().provider())
			.containsExactlyElementsOf(requests.stream().map(Seen::provider).toList());
		for (int i = 0; i < sent.size(); i++) {
			boolean without = sent.get(i).leftOut().contains("temperature");
			assertThat(requests.get(i).temperature()).as(told).isEqualTo(!without);
			assertThat(isJustified(i, sent)).as(i + " of " + told).isTrue();
		}
	}

	private static boolean isJustified(int i, List<Attempt> sent) {
		Attempt attempt = sent.get(i);
		if (i == 0) {
			return attempt.cause() == Cause.FIRST;
		}
		Attempt before = sent.get(i - 1);
		boolean same = before.target().equals(attempt.target());
		return switch (attempt.cause()) {
			case FIRST, HEDGE -> false;
			case RETRY -> sent.subList(0, i).stream().anyMatch((one) -> one.target().equals(attempt.target()));
			case NEXT_TARGET -> !same;
			case OTHER_KEY ->
				same && (before.error() == ErrorKind.AUTHENTICATION || before.error() == ErrorKind.RATE_LIMITED);
			case WITHOUT_PARAMETERS -> same && Integer.valueOf(400).equals(before.status());
			case RECOVERY -> sent.subList(0, i).stream().anyMatch((one) -> one.firstToken() != null);
		};
	}

	private void serve(String provider, MockWebServer server) {
		server.setDispatcher(new Dispatcher() {

			@Override
			public MockResponse dispatch(RecordedRequest request) {
				String body = request.getBody().utf8();
				Matcher call = CALL.matcher(body);
				boolean streamed = body.contains("\"stream\":true");
				boolean temperature = body.contains("\"temperature\"");
				RandomTrailsTests.this.seen
					.add(new Seen(call.find() ? Integer.parseInt(call.group(1)) : -1, provider, temperature));
				Matcher begun = BEGUN.matcher(body);
				return answer(streamed, temperature, begun.find() ? begun.group(1).length() : 0);
			}

		});
	}

	private synchronized MockResponse answer(boolean streamed, boolean temperature, int begun) {
		MockResponse whole = says(ANSWER.substring(begun), 3, streamed);
		return switch (this.random.nextInt(12)) {
			case 0 -> Vendors.fails("503");
			case 1 -> Vendors.fails("401");
			case 2 -> Vendors.fails("reset");
			case 3 -> Vendors.json(429, "{\"error\":{\"message\":\"slow down\"}}").build();
			case 4 -> temperature ? refuses("Invalid value for 'temperature': must be 1", "temperature") : whole;
			case 5 -> (temperature && this.random.nextInt(4) == 0)
					? refuses("Unsupported parameter: 'temperature' is not supported.", "temperature") : whole;
			case 6 -> (streamed && this.random.nextInt(4) == 0)
					? refuses("Your organization must be verified to stream this model.", "stream") : whole;
			case 7, 8 -> says(ANSWER.substring(begun), this.random.nextInt(3), streamed);
			case 9 -> whole.newBuilder().headersDelay(40, TimeUnit.MILLISECONDS).build();
			default -> whole;
		};
	}

	private static MockResponse refuses(String message, String param) {
		return Vendors.json(400, "{\"error\":{\"message\":\"" + message + "\",\"param\":\"" + param + "\"}}").build();
	}

	/** So many words, three for all; a whole answer that is cut is no JSON. */
	private static MockResponse says(String text, int words, boolean streamed) {
		if (!streamed) {
			return (words == 3) ? Vendors.says(text, false) : Vendors.json(200, "{\"id\":\"c\",\"model\":").build();
		}
		StringBuilder body = new StringBuilder();
		Stream.of(text.split("(?<= )"))
			.limit(words)
			.forEach((word) -> body.append("data: {\"id\":\"c\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"")
				.append(word)
				.append("\"}}]}\n\n"));
		if (words == 3) {
			body.append("data: {\"id\":\"c\",\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n")
				.append("data: [DONE]\n\n");
		}
		return new MockResponse.Builder().addHeader("content-type", "text/event-stream").body(body.toString()).build();
	}

}
