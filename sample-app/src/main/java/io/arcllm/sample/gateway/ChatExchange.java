package io.arcllm.sample.gateway;

import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;

import io.arcllm.LlmEvent;
import io.arcllm.LlmException;
import io.arcllm.LlmResponse;
import io.arcllm.Target;
import io.arcllm.sample.AttemptWatch;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpResponse;

/**
 * One request to the gateway and its answer. Headers go out with the first byte, so that
 * they name the target that answers.
 */
final class ChatExchange {

	private static final MediaType EVENT_STREAM = MediaType.parseMediaType("text/event-stream;charset=utf-8");

	/** Within this time all of an answer that was kept is there. */
	private static final Duration AT_ONCE = Duration.ofMillis(20);

	private static final int MOST_AT_ONCE = 1000;

	private final ServerHttpResponse response;

	private final ModelDirectory models;

	private final AttemptLog attempts = new AttemptLog();

	private final String id = "chatcmpl-" + HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());

	private final long created = System.currentTimeMillis() / 1000;

	ChatExchange(ServerHttpResponse response, ModelDirectory models, String requestId) {
		this.response = response;
		this.models = models;
		response.getHeaders().set("x-request-id", requestId);
	}

	/**
	 * Asks, and sends the answer.
	 */
	Mono<Void> answer(ChatRequest chat) {
		ModelDirectory.Route route = this.models.route(chat);
		Mono<Void> answer = chat.request().streaming() ? stream(route, chat.includeUsage())
				: route.provider().invokeAsync(route.request()).flatMap(this::whole);
		return answer.contextWrite((context) -> context.put(AttemptWatch.class, this.attempts));
	}

	/**
	 * Sends what went wrong, unless an answer has begun.
	 */
	Mono<Void> refuse(Throwable failure) {
		if (this.response.isCommitted()) {
			return Mono.error(failure);
		}
		GatewayError error = GatewayErrors.of(failure);
		HttpHeaders headers = this.response.getHeaders();
		headers.remove(HttpHeaders.CACHE_CONTROL);
		error.headers().forEach(headers::set);
		if (failure instanceof LlmException llm) {
			headers.set("x-arcllm-attempts",
					String.valueOf(Math.max(this.attempts.attempts(), llm.trail().requests())));
		}
		this.response.setStatusCode(HttpStatusCode.valueOf(error.status()));
		return send(error.body());
	}

	private Mono<Void> whole(LlmResponse answer) {
		said(answer.target(), Math.max(this.attempts.attempts(), answer.trail().requests()));
		cached(answer);
		return send(ChatResponseWriter.write(answer, this.id, this.created, this.models.modelOf(answer.target())));
	}

	private Mono<Void> send(byte[] json) {
		HttpHeaders headers = this.response.getHeaders();
		headers.setContentType(MediaType.APPLICATION_JSON);
		headers.setContentLength(json.length);
		return this.response.writeWith(Mono.just(wrap(json)));
	}

	private Mono<Void> stream(ModelDirectory.Route route, boolean includeUsage) {
		ChatChunkWriter writer = new ChatChunkWriter(this.id, this.created, includeUsage);
		Flux<byte[]> chunks = route.provider()
			.stream(route.request())
			.switchOnFirst((first, events) -> grouped(events))
			.index((index, events) -> chunk(writer, index == 0, events))
			.onErrorResume((failure) -> begun() ? Mono.just(ChatChunkWriter.error(failure)) : Mono.error(failure));
		return this.response.writeAndFlushWith(chunks.map((chunk) -> Mono.just(wrap(chunk))));
	}

	/**
	 * Words of no target come from the cache, all of them at once: the headers say how
	 * old they are.
	 */
	private Flux<List<LlmEvent>> grouped(Flux<LlmEvent> events) {
		return (this.attempts.speaker() == null) ? events.bufferTimeout(MOST_AT_ONCE, AT_ONCE, true)
				: events.map(List::of);
	}

	private byte[] chunk(ChatChunkWriter writer, boolean first, List<LlmEvent> events) {
		LlmResponse answer = events.get(events.size() - 1).answer();
		Target target = (answer != null) ? answer.target()
				: Objects.requireNonNullElse(this.attempts.speaker(), new Target("", null));
		if (first || answer != null) {
			writer.model(this.models.modelOf(target));
		}
		if (first) {
			HttpHeaders headers = this.response.getHeaders();
			headers.setContentType(EVENT_STREAM);
			headers.setCacheControl("no-cache");
			headers.set("x-accel-buffering", "no");
			said(target, this.attempts.attempts());
			if (answer != null) {
				cached(answer);
			}
			else if (this.attempts.attempts() == 0) {
				cached("hit", Duration.ZERO);
			}
		}
		ByteArrayOutputStream out = new ByteArrayOutputStream();
		events.forEach((event) -> out.writeBytes(writer.write(event)));
		return out.toByteArray();
	}

	private boolean begun() {
		return this.response.getHeaders().containsHeader("x-arcllm-attempts");
	}

	private void said(Target target, int attempts) {
		HttpHeaders headers = this.response.getHeaders();
		if (!target.provider().isEmpty()) {
			headers.set("x-arcllm-provider", target.provider());
		}
		headers.set("x-arcllm-attempts", String.valueOf(Math.max(1, attempts)));
	}

	/** An answer that was kept says so, and how old it is. */
	private void cached(LlmResponse answer) {
		if (answer.age() != null) {
			cached(answer.stale() ? "stale" : "hit", answer.age());
		}
	}

	private void cached(String how, Duration age) {
		HttpHeaders headers = this.response.getHeaders();
		headers.set("x-arcllm-cache", how);
		headers.set("age", String.valueOf(age.toSeconds()));
		headers.set("x-arcllm-attempts", "0");
	}

	private DataBuffer wrap(byte[] bytes) {
		return this.response.bufferFactory().wrap(bytes);
	}

}
