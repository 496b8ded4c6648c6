package io.arcllm.sample.gateway;

import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;

import reactor.core.publisher.Mono;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.util.unit.DataSize;
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

	ChatController(ModelDirectory models, @Value("${gateway.max-body-size:16MB}") DataSize maxBodySize) {
		this.models = models;
		this.maxBodySize = Math.toIntExact(maxBodySize.toBytes());
	}

	@PostMapping("/v1/chat/completions")
	Mono<Void> chat(ServerWebExchange exchange) {
		ChatExchange chat = new ChatExchange(exchange.getResponse(), this.models, requestId(exchange));
		return DataBufferUtils.join(exchange.getRequest().getBody(), this.maxBodySize)
			.map(ChatController::bytes)
			.defaultIfEmpty(new byte[0])
			.flatMap(chat::answer)
			.onErrorResume(chat::refuse);
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
