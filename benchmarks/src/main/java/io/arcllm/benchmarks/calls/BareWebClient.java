package io.arcllm.benchmarks.calls;

import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;

import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.MediaType;
import org.springframework.http.client.reactive.ClientHttpResponse;
import org.springframework.http.client.reactive.ReactorClientHttpConnector;
import org.springframework.web.reactive.function.client.WebClient;

/**
 * What WebClient costs by itself: the bytes are thrown away.
 */
final class BareWebClient implements Client {

	private final byte[] whole = Answers.question(false);

	private final byte[] stream = Answers.question(true);

	private final WebClient client;

	BareWebClient(String url) {
		this.client = WebClient.builder()
			.baseUrl(url)
			.defaultHeaders((headers) -> headers.setBearerAuth("key"))
			.clientConnector(new ReactorClientHttpConnector(HttpClient.create(ConnectionProvider.create("bare", 64))))
			.build();
	}

	@Override
	public String name() {
		return "WebClient, bytes thrown away";
	}

	@Override
	public Mono<Integer> whole() {
		return send(this.whole);
	}

	@Override
	public Mono<Integer> stream() {
		return send(this.stream);
	}

	private Mono<Integer> send(byte[] body) {
		return this.client.post()
			.uri("/chat/completions")
			.contentType(MediaType.APPLICATION_JSON)
			.contentLength(body.length)
			.body((message, context) -> message.writeWith(Mono.fromSupplier(() -> message.bufferFactory().wrap(body))))
			.exchangeToMono((response) -> {
				ClientHttpResponse raw = response.body((message, context) -> message);
				return raw.getBody().doOnNext(DataBufferUtils::release).then(Mono.just(Answers.CHARACTERS));
			});
	}

}
