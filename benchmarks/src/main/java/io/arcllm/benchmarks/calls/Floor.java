package io.arcllm.benchmarks.calls;

import io.netty.buffer.Unpooled;
import reactor.core.publisher.Mono;
import reactor.netty.ByteBufFlux;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;

/**
 * The floor: Reactor Netty's client, which throws the bytes away.
 */
final class Floor implements Client {

	static final String NAME = "Reactor Netty, bytes thrown away";

	private final byte[] whole = Answers.question(false);

	private final byte[] stream = Answers.question(true);

	private final HttpClient client;

	private final String url;

	Floor(String url) {
		this.url = url + "/chat/completions";
		this.client = HttpClient.create(ConnectionProvider.create("floor", 64))
			.headers((headers) -> headers.set("content-type", "application/json").set("authorization", "Bearer key"));
	}

	@Override
	public String name() {
		return NAME;
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
		return this.client.headers((headers) -> headers.set("content-length", body.length))
			.post()
			.uri(this.url)
			.send(ByteBufFlux.from(Mono.fromSupplier(() -> Unpooled.wrappedBuffer(body))))
			.responseContent()
			.then(Mono.just(Answers.CHARACTERS));
	}

}
