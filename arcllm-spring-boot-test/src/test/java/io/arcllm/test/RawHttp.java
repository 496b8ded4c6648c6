package io.arcllm.test;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Asks over a socket, knowing nothing of the simulator.
 */
final class RawHttp {

	private static final HttpClient CLIENT = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

	private RawHttp() {
	}

	static HttpResponse<String> post(String url, String body) throws IOException, InterruptedException {
		return post(url, body, Duration.ofSeconds(20));
	}

	static HttpResponse<String> post(String url, String body, Duration limit) throws IOException, InterruptedException {
		HttpRequest request = HttpRequest.newBuilder(URI.create(url))
			.header("content-type", "application/json")
			.POST(HttpRequest.BodyPublishers.ofString(body))
			.build();
		CompletableFuture<HttpResponse<String>> answer = CLIENT.sendAsync(request,
				HttpResponse.BodyHandlers.ofString());
		try {
			return answer.get(limit.toMillis(), TimeUnit.MILLISECONDS);
		}
		catch (TimeoutException ex) {
			answer.cancel(true);
			throw new HttpTimeoutException("No whole answer in " + limit);
		}
		catch (ExecutionException ex) {
			throw new IOException(ex.getCause());
		}
	}

}
