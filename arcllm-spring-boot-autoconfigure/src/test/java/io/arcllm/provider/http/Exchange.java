package io.arcllm.provider.http;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

import io.arcllm.LlmEvent;
import io.arcllm.LlmResponse;
import io.arcllm.Target;
import io.arcllm.provider.AnswerContext;
import io.arcllm.provider.AnswerDecoder;
import io.arcllm.provider.WireFormat;
import io.arcllm.provider.error.DefaultErrorClassifier;
import io.arcllm.provider.error.ErrorReader;

import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.http.HttpHeaders;

/**
 * An answer read without a socket.
 *
 * @param events the deltas
 * @param response the answer
 */
public record Exchange(List<LlmEvent> events, LlmResponse response) {

	public static final Target TARGET = new Target("vendor", "asked-model");

	public static AnswerContext context() {
		ErrorReader errors = new ErrorReader(new DefaultErrorClassifier(), Clock.systemUTC());
		return new AnswerContext(TARGET, "req-1",
				(bytes, offset, length) -> errors.read(TARGET, 200, new HttpHeaders(), bytes, offset, length));
	}

	public static LlmResponse whole(WireFormat format, String body) {
		return format.decoder(context()).whole(body.getBytes(StandardCharsets.UTF_8));
	}

	public static Exchange streamed(WireFormat format, String body) {
		return streamed(format, body.getBytes(StandardCharsets.UTF_8));
	}

	public static Exchange streamed(WireFormat format, byte[] body) {
		return streamed(format, body, Math.max(1, body.length));
	}

	/** The body arrives in pieces of this many bytes. */
	public static Exchange streamed(WireFormat format, byte[] body, int piece) {
		AnswerDecoder decoder = format.decoder(context());
		List<LlmEvent> events = new ArrayList<>();
		FrameReader frames = new FrameReader(format.framing(), Integer.MAX_VALUE,
				(frame) -> decoder.frame(frame, events::add));
		for (int from = 0; from < body.length; from += piece) {
			byte[] bytes = Arrays.copyOfRange(body, from, Math.min(body.length, from + piece));
			frames.read(DefaultDataBufferFactory.sharedInstance.wrap(bytes));
		}
		frames.end();
		return new Exchange(events, decoder.end());
	}

	/** A recorded stream. */
	public static byte[] recorded(String name) {
		return Recordings.bytes(Recordings.streams(Pattern.quote(name)).get(0));
	}

}
