package io.arcllm.test;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

import io.arcllm.test.vendor.Answers;
import io.arcllm.test.vendor.Fault;
import io.arcllm.test.vendor.Json;
import io.arcllm.test.vendor.Question;
import io.arcllm.test.vendor.RecordedStream;
import io.arcllm.test.vendor.Vendor;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.group.ChannelGroup;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;
import reactor.netty.resources.LoopResources;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * One vendor on its port. Safe for use by many threads.
 */
public final class FakeVendor {

	private final Vendor vendor;

	private final Answers answers;

	private final DialState dial;

	private final Delivery delivery;

	private final AtomicReference<@Nullable RecordedStream> replayed = new AtomicReference<>();

	private final AtomicLong calls = new AtomicLong();

	private final AtomicLong broken = new AtomicLong();

	private final AtomicInteger active = new AtomicInteger();

	/** The active requests that need time to pass, or never end. */
	private final AtomicInteger waiting = new AtomicInteger();

	private final DisposableServer server;

	FakeVendor(Vendor vendor, FakeVendorSettings settings, SeededChance chance, LoopResources loops,
			ChannelGroup channels) {
		this.vendor = vendor;
		this.dial = new DialState(chance, FakeVendor::nanos);
		this.answers = new Answers(vendor.name());
		this.delivery = new Delivery(vendor, settings.pace());
		this.server = HttpServer.create()
			.host("127.0.0.1")
			.port(settings.ports().getOrDefault(vendor.name(), 0))
			.runOn(loops)
			.doOnConnection((connection) -> channels.add(connection.channel()))
			.handle(this::handle)
			.bindNow();
	}

	/**
	 * Its name.
	 */
	public String name() {
		return this.vendor.name();
	}

	/**
	 * Its wire format: {@code anthropic}, {@code openai} or {@code ollama}.
	 */
	public String format() {
		return this.vendor.format();
	}

	/**
	 * Its URL, without a path.
	 */
	public String url() {
		return "http://127.0.0.1:" + this.server.port();
	}

	/**
	 * Sets its dial.
	 */
	public void set(Dial dial) {
		this.dial.set(dial);
	}

	/**
	 * Resets every connection for this time, as a vendor that is down does.
	 */
	public void downFor(Duration time) {
		set(Dial.of(Fault.DOWN).forTime(time));
	}

	/**
	 * Breaks every call with this fault until {@link #heal()}.
	 */
	public void fail(Fault fault) {
		set(Dial.of(fault));
	}

	/**
	 * Breaks the next calls with this fault.
	 * @param calls how many
	 */
	public void fail(Fault fault, int calls) {
		set(Dial.of(fault).times(calls));
	}

	/**
	 * Refuses every call with a 429 and this {@code Retry-After}, in whole seconds.
	 */
	public void rateLimit(Duration retryAfter) {
		set(Dial.of(Fault.RATE_LIMIT).retryAfter((int) retryAfter.toSeconds()));
	}

	/**
	 * Answers the next call with a recorded stream, if the vendor is healthy then.
	 * @throws IllegalArgumentException if the stream has another wire format
	 */
	public void replay(RecordedStream stream) {
		if (!stream.format().equals(format())) {
			throw new IllegalArgumentException("'" + stream.name() + "' is in the format " + stream.format() + ", but "
					+ name() + " speaks " + format());
		}
		this.replayed.set(stream);
	}

	/**
	 * Makes the vendor healthy again.
	 */
	public void heal() {
		set(Dial.HEALTHY);
	}

	/**
	 * How many requests it got since its start or the last {@link #reset()}.
	 */
	public int asked() {
		return Math.toIntExact(this.calls.get());
	}

	/**
	 * Makes the vendor healthy again and forgets its requests.
	 */
	public void reset() {
		heal();
		this.replayed.set(null);
		forgetAsked();
	}

	void forgetAsked() {
		this.calls.set(0);
		this.broken.set(0);
	}

	boolean isHealthy() {
		return this.dial.dial().fault() == Fault.HEALTHY;
	}

	private static long nanos() {
		return Schedulers.parallel().now(TimeUnit.NANOSECONDS);
	}

	/** Whether it will answer by itself, without time that has to pass. */
	boolean isAnswering() {
		return this.active.get() > this.waiting.get();
	}

	/**
	 * Its present state.
	 */
	public VendorState state() {
		Dial now = this.dial.dial();
		return new VendorState(name(), url(), this.calls.get(), this.broken.get(), this.active.get(), now,
				now.fault().label(), this.dial.timesLeft(), this.dial.secondsLeft());
	}

	void stopListening() {
		this.server.disposeNow();
	}

	private Publisher<Void> handle(HttpServerRequest request, HttpServerResponse response) {
		String id = "sim_" + name() + "_" + this.calls.incrementAndGet();
		response.header(this.vendor.requestIdHeader(), id);
		return request.receive()
			.aggregate()
			.asByteArray()
			.defaultIfEmpty(new byte[0])
			.flatMap((body) -> Mono.from(answer(request, response, body, id)))
			.takeUntilOther(closed(request))
			.doOnSubscribe((subscription) -> this.active.incrementAndGet())
			.doFinally((signal) -> this.active.decrementAndGet());
	}

	/** An answer that never ends, until its connection ends. */
	private static Mono<Void> closed(HttpServerRequest request) {
		return Mono.create((sink) -> request.withConnection((connection) -> {
			ChannelFuture close = connection.channel().closeFuture();
			ChannelFutureListener listener = (future) -> sink.success();
			close.addListener(listener);
			sink.onDispose(() -> close.removeListener(listener));
		}));
	}

	private Publisher<Void> answer(HttpServerRequest request, HttpServerResponse response, byte[] body, String id) {
		if (!request.method().name().equals("POST") || !this.vendor.answers(request.uri().split("\\?", 2)[0])) {
			return refuse(response, 404, "The simulated " + name() + " answers POST " + this.vendor.path() + " alone",
					id);
		}
		JsonNode json;
		try {
			json = Json.read(body);
		}
		catch (JacksonException ex) {
			return refuse(response, 400, "The body is not JSON", id);
		}
		if (!json.path("messages").isArray() || json.path("messages").isEmpty()) {
			return refuse(response, 400, "messages: at least one message is required", id);
		}
		Dial now = this.dial.dial();
		Fault fault = this.dial.next();
		if (fault != Fault.HEALTHY) {
			this.broken.incrementAndGet();
		}
		RecordedStream recorded = (fault == Fault.HEALTHY) ? this.replayed.getAndSet(null) : null;
		if (recorded != null) {
			return Delivery.replay(response, recorded);
		}
		Question question = this.vendor.read(json);
		Publisher<Void> answer = this.delivery.deliver(response, fault, now, question, this.answers.to(question), id);
		return !this.delivery.waits(fault) ? answer
				: Flux.from(answer)
					.doOnSubscribe((subscription) -> this.waiting.incrementAndGet())
					.doFinally((signal) -> this.waiting.decrementAndGet());
	}

	private Publisher<Void> refuse(HttpServerResponse response, int status, String message, String id) {
		return response.status(status)
			.header("content-type", "application/json")
			.sendByteArray(Mono.just(this.vendor.refusal(status, message, id)))
			.then();
	}

	@Override
	public String toString() {
		return name() + " simulated on " + url();
	}

}
