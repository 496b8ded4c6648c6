package io.arcllm.test;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

import io.arcllm.test.vendor.Answer;
import io.arcllm.test.vendor.Fault;
import io.arcllm.test.vendor.Question;
import io.arcllm.test.vendor.RecordedStream;
import io.arcllm.test.vendor.Vendor;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelOption;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerResponse;

/**
 * Sends an answer to the caller at a vendor's pace, or breaks on the way.
 *
 * @param vendor the vendor, which has the format
 * @param pace the speed
 */
record Delivery(Vendor vendor, Pace pace) {

	private static final byte[] NOT_JSON = "data: {\"choices\": [{\"delta\": {\"cont\n\n"
		.getBytes(StandardCharsets.UTF_8);

	Publisher<Void> deliver(HttpServerResponse response, Fault fault, Dial dial, Question question, Answer answer,
			String id) {
		if (fault.isError()) {
			return error(response, fault, dial, id);
		}
		return switch (fault) {
			case RESET, DOWN -> reset(response);
			case SILENCE -> Mono.never();
			default -> question.stream()
					? stream(response, fault, dial,
							delivered(fault, question, this.vendor.frames(question, answer, id)))
					: whole(response, fault, dial, answer.tokens(), this.vendor.whole(question, answer, id));
		};
	}

	/** Whether an answer with this fault needs time to pass. */
	boolean waits(Fault fault) {
		return fault == Fault.SILENCE || fault == Fault.STALL || fault == Fault.SLOW || !this.pace.isInstant();
	}

	/** Sends a recorded answer at once; a cut one ends with its connection. */
	static Publisher<Void> replay(HttpServerResponse response, RecordedStream recorded) {
		response.header("content-type", recorded.contentType());
		return response.send(Mono.just(Unpooled.wrappedBuffer(recorded.body())), (buffer) -> true)
			.then(end(response, recorded.cut() ? Fault.CUT : Fault.HEALTHY))
			.then();
	}

	private Publisher<Void> error(HttpServerResponse response, Fault fault, Dial dial, String id) {
		if (fault == Fault.RATE_LIMIT) {
			response.header("retry-after", String.valueOf(dial.retryAfter()));
		}
		return response.status(fault.status())
			.header("content-type", "application/json")
			.sendByteArray(Mono.just(this.vendor.error(fault, dial.retryAfter(), id)))
			.then();
	}

	private Publisher<Void> whole(HttpServerResponse response, Fault fault, Dial dial, int tokens, byte[] body) {
		response.header("content-type", "application/json");
		Duration wait = first(fault, dial).plus(this.pace.tokens(tokens));
		byte[] half = Arrays.copyOf(body, body.length / 2);
		return after(wait).thenEmpty(Mono.defer(() -> switch (fault) {
			case CUT, STALL -> {
				response.header("content-length", String.valueOf(body.length));
				yield response.send(Mono.just(Unpooled.wrappedBuffer(half)), (buffer) -> true)
					.then(end(response, fault))
					.then();
			}
			case MALFORMED, NO_END -> response.sendByteArray(Mono.just(half)).then();
			default -> response.sendByteArray(Mono.just(body)).then();
		}));
	}

	private Publisher<Void> stream(HttpServerResponse response, Fault fault, Dial dial, List<byte[]> frames) {
		response.header("content-type", this.vendor.streamType()).header("cache-control", "no-cache");
		Flux<byte[]> paced = paced(frames);
		Flux<byte[]> body = (fault == Fault.MALFORMED) ? paced.concatWithValues(NOT_JSON) : paced;
		return after(first(fault, dial))
			.thenEmpty(Mono.defer(() -> response.send(body.map(Unpooled::wrappedBuffer), (buffer) -> true)
				.then(end(response, fault))
				.then()));
	}

	private List<byte[]> delivered(Fault fault, Question question, List<byte[]> frames) {
		return switch (fault) {
			case CUT, STALL, MALFORMED -> frames.subList(0, Math.max(1, frames.size() / 2));
			case NO_END -> frames.subList(0, Math.max(1, frames.size() - this.vendor.endFrames(question)));
			case NO_MARKER -> frames.subList(0, frames.size() - this.vendor.markerFrames());
			default -> frames;
		};
	}

	private Flux<byte[]> paced(List<byte[]> frames) {
		if (this.pace.tokensPerSecond() <= 0) {
			return Flux.fromIterable(frames);
		}
		return Flux.fromIterable(frames).concatMap((frame) -> Mono.delay(this.pace.tokens(1)).thenReturn(frame), 1);
	}

	private Duration first(Fault fault, Dial dial) {
		return (fault == Fault.SLOW) ? Duration.ofSeconds(dial.delay()) : this.pace.first();
	}

	private static Mono<Void> after(Duration wait) {
		return wait.isZero() ? Mono.empty() : Mono.delay(wait).then();
	}

	private static Mono<Void> end(HttpServerResponse response, Fault fault) {
		return switch (fault) {
			case CUT -> Mono.defer(() -> {
				response.withConnection((connection) -> connection.channel().close());
				return Mono.never();
			});
			case STALL -> Mono.never();
			default -> Mono.empty();
		};
	}

	private static Mono<Void> reset(HttpServerResponse response) {
		return Mono.defer(() -> {
			response.withConnection((connection) -> {
				connection.channel().config().setOption(ChannelOption.SO_LINGER, 0);
				connection.channel().close();
			});
			return Mono.never();
		});
	}

}
