package io.arcllm.provider.http;

import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import io.arcllm.LlmEvent;
import io.arcllm.LlmException;
import io.arcllm.Target;
import io.arcllm.provider.AnswerContext;
import io.arcllm.provider.WireFormat;
import io.arcllm.provider.error.DefaultErrorClassifier;
import io.arcllm.provider.error.ErrorReader;

import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.http.HttpHeaders;

/**
 * What a format makes of the bytes of a stream, cut where a test wants.
 *
 * @param events what was given out
 * @param failure how it failed, or {@code null}
 */
public record StreamedAnswer(List<LlmEvent> events, LlmException failure) {

	private static final Target ASKED = new Target("acme", "asked");

	/** Reads bytes in pieces that end at these places. */
	public static StreamedAnswer read(WireFormat format, byte[] bytes, int... cuts) {
		List<LlmEvent> events = new ArrayList<>();
		StreamedBody body = body(format);
		return new StreamedAnswer(events, failure(() -> {
			int from = 0;
			for (int cut : cuts) {
				body.read(DefaultDataBufferFactory.sharedInstance.wrap(Arrays.copyOfRange(bytes, from, cut)),
						events::add);
				from = cut;
			}
			body.read(DefaultDataBufferFactory.sharedInstance.wrap(Arrays.copyOfRange(bytes, from, bytes.length)),
					events::add);
			body.end(events::add);
		}));
	}

	/** Reads nothing yet. */
	static StreamedBody body(WireFormat format) {
		return new StreamedBody(format.framing(), format.decoder(context()), new SizeLimit(10_000_000, ASKED), false);
	}

	/** How reading failed, or {@code null}; anything untyped is thrown. */
	static LlmException failure(Runnable reading) {
		try {
			reading.run();
			return null;
		}
		catch (LlmException ex) {
			return ex;
		}
	}

	/** The context of an answer, with the real error reader. */
	public static AnswerContext context() {
		ErrorReader errors = new ErrorReader(new DefaultErrorClassifier(), Clock.systemUTC());
		return new AnswerContext(ASKED, null,
				(bytes, offset, length) -> errors.read(ASKED, 200, HttpHeaders.EMPTY, bytes, offset, length));
	}

	/** The last event. */
	public LlmEvent last() {
		return this.events.get(this.events.size() - 1);
	}

	/** Whether the answer was given out as complete. */
	public boolean isComplete() {
		return this.failure == null;
	}

}
