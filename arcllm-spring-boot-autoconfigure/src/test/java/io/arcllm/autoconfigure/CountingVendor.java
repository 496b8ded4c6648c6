package io.arcllm.autoconfigure;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

import mockwebserver3.MockResponse;
import mockwebserver3.SocketEffect;

/**
 * What a vendor says that was asked to count to twelve, and how it fails to.
 */
final class CountingVendor {

	private static final List<String> WORDS = Arrays
		.asList("One two three four five six seven eight nine ten eleven twelve".split("(?<= )"));

	static final String TEXT = String.join("", WORDS);

	private CountingVendor() {
	}

	static MockResponse answer(boolean streaming, String model) {
		return streaming ? stream(whole(true, model)) : json(whole(false, model));
	}

	/** Another whole answer to the same question. */
	static final String OTHER = TEXT.replace("One", "Uno").replace("seven", "sette");

	static MockResponse otherWords(boolean streaming, String model) {
		String body = whole(streaming, model).replace("One", "Uno").replace("seven", "sette");
		return streaming ? stream(body) : json(body);
	}

	/** What follows the first words never does, and the connection closes. */
	static MockResponse cutAfterTwoThirds(boolean streaming, String model) {
		String whole = whole(streaming, model);
		MockResponse cut = streaming ? stream(whole) : json(whole);
		return cut.newBuilder()
			.body(whole.substring(0, whole.length() * 2 / 3))
			.removeHeader("transfer-encoding")
			.setHeader("content-length", whole.length())
			.onResponseEnd(new SocketEffect.CloseSocket())
			.build();
	}

	/** The headers come at once. */
	static MockResponse late(boolean streaming, String model) {
		return answer(streaming, model).newBuilder().bodyDelay(20, TimeUnit.SECONDS).build();
	}

	static MockResponse stall(boolean streaming, String model) {
		return answer(streaming, model).newBuilder().onResponseBody(SocketEffect.Stall.INSTANCE).build();
	}

	static MockResponse malformed(boolean streaming, String model) {
		return streaming ? stream(deltas(3, model) + "data: {\"choices\":[{\n\n" + deltas(12, model) + end("stop"))
				: json("{\"choices\":[{");
	}

	static MockResponse endless(boolean streaming, String model) {
		return streaming ? stream(deltas(7, model)) : json("{\"id\":\"c\",\"choices\":[{\"index\":0,");
	}

	static MockResponse withoutDone(boolean streaming, String model) {
		return streaming ? stream(deltas(12, model) + end("stop")) : answer(false, model);
	}

	static MockResponse filtered(boolean streaming, String model) {
		return streaming ? stream(deltas(3, model) + end("content_filter") + "data: [DONE]\n\n")
				: json(whole(false, model).replace("\"stop\"", "\"content_filter\""));
	}

	static MockResponse error(int status, String code) {
		return json("{\"error\":{\"message\":\"No\",\"code\":\"" + code + "\"}}").newBuilder().code(status).build();
	}

	private static String whole(boolean streaming, String model) {
		return streaming ? deltas(WORDS.size(), model) + end("stop") + "data: [DONE]\n\n" : "{\"id\":\"c\",\"model\":\""
				+ model
				+ "\",\"choices\":[{\"index\":0,\"finish_reason\":\"stop\",\"message\":{\"role\":\"assistant\",\"content\":\""
				+ TEXT + "\"}}],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":12}}";
	}

	private static String deltas(int count, String model) {
		StringBuilder frames = new StringBuilder();
		for (String word : WORDS.subList(0, count)) {
			frames.append("data: {\"id\":\"c\",\"model\":\"" + model
					+ "\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"" + word + "\"}}]}\n\n");
		}
		return frames.toString();
	}

	private static String end(String reason) {
		return "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"" + reason + "\"}]}\n\n"
				+ "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":12}}\n\n";
	}

	private static MockResponse stream(String body) {
		return new MockResponse.Builder().addHeader("content-type", "text/event-stream").chunkedBody(body, 50).build();
	}

	private static MockResponse json(String body) {
		return new MockResponse.Builder().addHeader("content-type", "application/json").body(body).build();
	}

}
