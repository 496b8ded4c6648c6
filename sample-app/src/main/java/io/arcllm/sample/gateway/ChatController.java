package io.arcllm.sample.gateway;

import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;

import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.HttpHeaders;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;

/**
 * OpenAI's chat completions, whole and streamed, for any client of OpenAI.
 */
@RestController
class ChatController {

	private static final Pattern REQUEST_ID = Pattern.compile("[A-Za-z0-9._:-]{1,128}");

	private final ModelDirectory models;

	private final int maxBodySize;

	private final long maxTextSize;

	ChatController(ModelDirectory models, GatewayProperties gateway) {
		this.models = models;
		this.maxBodySize = Math.toIntExact(gateway.maxBodySize().toBytes());
		this.maxTextSize = gateway.maxTextSize().toBytes();
	}

	@PostMapping("/v1/chat/completions")
	Mono<Void> chat(ServerWebExchange exchange) {
		ChatExchange chat = new ChatExchange(exchange.getResponse(), this.models, requestId(exchange));
		return DataBufferUtils.join(exchange.getRequest().getBody(), this.maxBodySize)
			.map(ChatController::bytes)
			.defaultIfEmpty(new byte[0])
			.publishOn(Schedulers.boundedElastic())
			.map((body) -> read(body, exchange.getRequest().getHeaders()))
			.flatMap(chat::answer)
			.onErrorResume(chat::refuse);
	}

	private ChatRequest read(byte[] body, HttpHeaders headers) {
		if (body.length > this.maxTextSize && body.length - Base64Runs.length(body) > this.maxTextSize) {
			throw new InvalidChatException(413, "The request is too large without its pictures and documents.",
					"request_too_large", null);
		}
		return CallerMetadata.add(ChatRequestReader.read(body), headers);
	}

	private static byte[] bytes(DataBuffer buffer) {
		byte[] bytes = new byte[buffer.readableByteCount()];
		buffer.read(bytes);
		DataBufferUtils.release(buffer);
		return bytes;
	}

	private static String requestId(ServerWebExchange exchange) {
		String given = exchange.getRequest().getHeaders().getFirst("x-request-id");
		if (given != null && REQUEST_ID.matcher(given).matches()) {
			return given;
		}
		return "req_" + HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
	}

}
