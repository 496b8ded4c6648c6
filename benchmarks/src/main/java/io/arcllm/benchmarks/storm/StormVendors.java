package io.arcllm.benchmarks.storm;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import io.arcllm.benchmarks.calls.Answers;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelOption;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerResponse;
import reactor.netty.resources.LoopResources;

/**
 * Three vendors that answer after 10 to 30 milliseconds. Once the storm has begun the
 * first of them fails three calls of ten, and in the storm's middle third it is silent.
 */
final class StormVendors implements AutoCloseable {

	private static final double FAILING = 0.3;

	private final byte[] answer = Answers.whole();

	private final LoopResources threads = LoopResources.create("vendor", 2, true);

	private final AtomicInteger requests = new AtomicInteger();

	private final Random random = new Random(42);

	private final List<DisposableServer> servers = IntStream.range(0, 3).mapToObj(this::server).toList();

	private final long duration;

	private volatile Weather weather = Weather.MIXED;

	private volatile long begun;

	StormVendors(Duration duration) {
		this.duration = duration.toNanos();
	}

	private DisposableServer server(int index) {
		return HttpServer.create()
			.host("127.0.0.1")
			.port(0)
			.runOn(this.threads)
			.handle((request, response) -> request.receive().then().then(Mono.defer(() -> {
				this.requests.incrementAndGet();
				return Mono.from(respond(index, response));
			})))
			.bindNow();
	}

	/** The base URL of one of the vendors; 0 is the one that fails. */
	String url(int index) {
		return "http://127.0.0.1:" + this.servers.get(index).port() + "/v1";
	}

	/** Answers all that comes from now on. */
	void clear() {
		this.weather = Weather.FAIR;
	}

	/** Begins the storm. From now on requests count. */
	void begin() {
		this.requests.set(0);
		this.begun = System.nanoTime();
		this.weather = Weather.STORM;
	}

	/** How many all three got. */
	int requests() {
		return this.requests.get();
	}

	private Publisher<Void> respond(int index, HttpServerResponse response) {
		return switch (this.weather) {
			case FAIR -> answer(response);
			case MIXED -> (index < 2 && random() < 0.5) ? error(response, 500, "server_error") : answer(response);
			case STORM -> (index == 0) ? storm(response) : answer(response);
		};
	}

	private Publisher<Void> storm(HttpServerResponse response) {
		long third = (System.nanoTime() - this.begun) * 3 / this.duration;
		int fault = (third == 1) ? 3 : (int) (random() * 4 / FAILING);
		return switch (fault) {
			case 0 -> error(response.header("retry-after", "1"), 429, "rate_limit_exceeded");
			case 1 -> error(response, 500, "server_error");
			case 2 -> reset(response);
			case 3 -> Mono.never();
			default -> answer(response);
		};
	}

	private double random() {
		synchronized (this.random) {
			return this.random.nextDouble();
		}
	}

	private Publisher<Void> answer(HttpServerResponse response) {
		return Mono.delay(Duration.ofMillis(10 + (long) (random() * 21)))
			.then(response.header("content-type", "application/json")
				.header("content-length", String.valueOf(this.answer.length))
				.send(Mono.fromSupplier(() -> Unpooled.wrappedBuffer(this.answer)))
				.then());
	}

	private static Publisher<Void> error(HttpServerResponse response, int status, String code) {
		return response.status(status)
			.header("content-type", "application/json")
			.sendString(Mono.just("{\"error\":{\"message\":\"Simulated\",\"type\":\"" + code
					+ "\",\"param\":null,\"code\":\"" + code + "\"}}"));
	}

	private static Publisher<Void> reset(HttpServerResponse response) {
		response.withConnection((connection) -> {
			connection.channel().config().setOption(ChannelOption.SO_LINGER, 0);
			connection.channel().close();
		});
		return Mono.never();
	}

	@Override
	public void close() {
		this.servers.forEach(DisposableServer::disposeNow);
		this.threads.dispose();
	}

	private enum Weather {

		/**
		 * Before the storm: two vendors fail half of the calls, so that all get to be
		 * used.
		 */
		MIXED,

		/** Nothing fails. */
		FAIR,

		/** The first vendor fails as described. */
		STORM

	}

}
