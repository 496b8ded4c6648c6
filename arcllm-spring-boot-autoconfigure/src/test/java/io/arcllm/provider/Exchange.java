package io.arcllm.provider;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import io.arcllm.LlmEvent;
import io.arcllm.LlmResponse;
import io.arcllm.Target;
import org.junit.jupiter.api.Assumptions;

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
		AnswerDecoder decoder = format.decoder(context());
		List<LlmEvent> events = new ArrayList<>();
		byte[] shifted = new byte[body.length + 7];
		System.arraycopy(body, 0, shifted, 7, body.length);
		frames(format.framing(), shifted, 7).forEach((frame) -> decoder.frame(frame, events::add));
		Arrays.fill(shifted, (byte) 'x');
		return new Exchange(events, decoder.end());
	}

	private static List<Frame> frames(WireFormat.Framing framing, byte[] bytes, int start) {
		List<Frame> frames = new ArrayList<>();
		String event = null;
		int from = start;
		for (int i = start; i <= bytes.length; i++) {
			if (i < bytes.length && bytes[i] != '\n') {
				continue;
			}
			String line = new String(bytes, from, i - from, StandardCharsets.UTF_8);
			boolean ended = i < bytes.length;
			if (framing == WireFormat.Framing.NDJSON && !line.isBlank()) {
				frames.add(new Frame(null, bytes, from, i - from));
			}
			else if (line.startsWith("event: ")) {
				event = line.substring(7);
			}
			else if (line.startsWith("data: ") && ended) {
				frames.add(new Frame(event, bytes, from + 6, i - from - 6));
			}
			from = i + 1;
		}
		return frames;
	}

	/** A recorded stream; the test is skipped where there are none. */
	public static byte[] recorded(String name) throws IOException {
		String configured = System.getProperty("arcllm.wire");
		Path path = (configured != null) ? Path.of(configured) : Path.of("").toAbsolutePath();
		while (configured == null && path != null && !Files.isDirectory(path.resolve("shared/wire"))) {
			path = path.getParent();
		}
		Assumptions.assumeTrue(path != null, "no recorded streams here");
		Path wire = (configured != null) ? path : path.resolve("shared/wire");
		return Files.readAllBytes(wire.resolve("streams").resolve(name));
	}

}
