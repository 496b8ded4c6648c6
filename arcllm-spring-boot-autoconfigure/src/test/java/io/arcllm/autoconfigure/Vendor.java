package io.arcllm.autoconfigure;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;

/**
 * A vendor that speaks OpenAI's format and can be broken.
 */
public final class Vendor extends Dispatcher {

	private static final String WHOLE = """
			{"id":"c","object":"chat.completion","model":"m","choices":[{"index":0,"finish_reason":"stop",
			"message":{"role":"assistant","content":"Hi"}}],"usage":{"prompt_tokens":3,"completion_tokens":1}}""";

	private static final String STREAM = """
			data: {"id":"c","model":"m","choices":[{"index":0,"delta":{"role":"assistant","content":"Hi"}}]}

			data: {"id":"c","model":"m","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}

			data: [DONE]

			""";

	private final List<String> keys = new CopyOnWriteArrayList<>();

	private volatile Function<String, MockResponse> answers = (key) -> null;

	private volatile Duration delay = Duration.ZERO;

	public static Vendor on(MockWebServer server) {
		Vendor vendor = new Vendor();
		server.setDispatcher(vendor);
		return vendor;
	}

	/** What is answered to a key; {@code null} for a good answer. */
	void answer(Function<String, MockResponse> answers) {
		this.answers = answers;
	}

	void fail(int status) {
		answer((key) -> error(status).build());
	}

	void recover() {
		answer((key) -> null);
	}

	void delay(Duration delay) {
		this.delay = delay;
	}

	static MockResponse.Builder error(int status) {
		return new MockResponse.Builder().code(status)
			.addHeader("content-type", "application/json")
			.body("{\"error\":{\"message\":\"No.\",\"type\":\"some_error\"}}");
	}

	/** The keys of all requests so far. */
	List<String> keys() {
		return this.keys;
	}

	int asked() {
		return this.keys.size();
	}

	@Override
	public MockResponse dispatch(RecordedRequest request) {
		String header = request.getHeaders().get("authorization");
		String key = (header == null) ? "" : header.replace("Bearer ", "");
		this.keys.add(key);
		MockResponse answer = this.answers.apply(key);
		if (answer != null) {
			return answer;
		}
		boolean streamed = request.getBody().utf8().contains("\"stream\":true");
		return new MockResponse.Builder().addHeader("content-type", streamed ? "text/event-stream" : "application/json")
			.headersDelay(this.delay.toMillis(), TimeUnit.MILLISECONDS)
			.body(streamed ? STREAM : WHOLE)
			.build();
	}

}
