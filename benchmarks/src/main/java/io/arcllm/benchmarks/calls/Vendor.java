package io.arcllm.benchmarks.calls;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;
import reactor.netty.http.server.HttpServerRoutes;

/**
 * A vendor that always gives the same answer, in a process of its own so that its work is
 * not counted. Ends when its standard input does.
 */
public final class Vendor {

	private static final int LARGE = 200 * 1024 * 1024;

	private static final String REQUEST_ID = "req_9d2ab1c54e0f4b7fa1d3";

	private static final byte[] FILLER = "sea ".repeat(16384).getBytes(StandardCharsets.UTF_8);

	private final byte[] whole = Answers.whole();

	private final List<byte[]> frames = Answers.frames();

	private final byte[] stream = join(this.frames);

	private Vendor() {
	}

	public static void main(String[] args) throws Exception {
		Vendor vendor = new Vendor();
		DisposableServer server = HttpServer.create().host("127.0.0.1").port(0).route(vendor::routes).bindNow();
		System.out.println(server.port());
		while (System.in.read() >= 0) {
			Thread.onSpinWait();
		}
		server.disposeNow();
	}

	private void routes(HttpServerRoutes routes) {
		routes.post("/flushed/v1/chat/completions", (request, response) -> answer(request, response, flushed()))
			.post("/coalesced/v1/chat/completions",
					(request, response) -> answer(request, response, Flux.just(this.stream)))
			.post("/delayed/v1/chat/completions",
					(request, response) -> Mono.delay(Duration.ofMillis(5))
						.then(Mono.from(answer(request, response, flushed()))))
			.post("/paced/v1/chat/completions",
					(request, response) -> answer(request, response, flushed().delayElements(Duration.ofMillis(1))))
			.post("/trickling/v1/chat/completions", (request, response) -> answer(request, response, trickling()))
			.post("/large/v1/chat/completions", this::large);
	}

	private Flux<byte[]> flushed() {
		return Flux.fromIterable(this.frames);
	}

	private Flux<byte[]> trickling() {
		return Flux.fromIterable(this.frames.subList(Answers.CHUNKS - 20, this.frames.size()))
			.delayElements(Duration.ofSeconds(1));
	}

	private Publisher<Void> answer(HttpServerRequest request, HttpServerResponse response, Flux<byte[]> frames) {
		return streaming(request).flatMap((streaming) -> {
			if (!streaming) {
				return response.header("content-type", "application/json")
					.header("x-request-id", REQUEST_ID)
					.header("content-length", String.valueOf(this.whole.length))
					.send(Mono.fromSupplier(() -> Unpooled.wrappedBuffer(this.whole)))
					.then();
			}
			Flux<ByteBuf> buffers = frames.map(Unpooled::wrappedBuffer);
			return response.header("content-type", "text/event-stream")
				.header("x-request-id", REQUEST_ID)
				.send(buffers, (buffer) -> true)
				.then();
		});
	}

	private Publisher<Void> large(HttpServerRequest request, HttpServerResponse response) {
		return streaming(request).flatMap((streaming) -> {
			String start = streaming ? "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\""
					: "{\"choices\":[{\"index\":0,\"message\":{\"content\":\"";
			Flux<ByteBuf> filler = Flux.range(0, LARGE / FILLER.length).map((i) -> Unpooled.wrappedBuffer(FILLER));
			Flux<ByteBuf> all = Flux.just(Unpooled.wrappedBuffer(start.getBytes(StandardCharsets.UTF_8)))
				.concatWith(filler);
			return response.header("content-type", streaming ? "text/event-stream" : "application/json")
				.send(all, (buffer) -> true)
				.then();
		});
	}

	private static Mono<Boolean> streaming(HttpServerRequest request) {
		return request.receive()
			.aggregate()
			.asString()
			.map((body) -> body.replace(" ", "").contains("\"stream\":true"))
			.defaultIfEmpty(false);
	}

	private static byte[] join(List<byte[]> frames) {
		ByteArrayOutputStream joined = new ByteArrayOutputStream();
		frames.forEach(joined::writeBytes);
		return joined.toByteArray();
	}

}
