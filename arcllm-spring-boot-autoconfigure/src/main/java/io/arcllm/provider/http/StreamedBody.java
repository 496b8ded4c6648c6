package io.arcllm.provider.http;

import java.util.function.Consumer;

import io.arcllm.ErrorKind;
import io.arcllm.LlmEvent;
import io.arcllm.LlmException;
import io.arcllm.LlmResponse;
import io.arcllm.Usage;
import io.arcllm.provider.AnswerDecoder;
import io.arcllm.provider.Frame;
import io.arcllm.provider.WireFormat;
import org.jspecify.annotations.Nullable;

import org.springframework.core.io.buffer.DataBuffer;

/**
 * A body that is read as it arrives.
 */
final class StreamedBody implements AnswerBody, Consumer<LlmEvent> {

	/** The memory of an event in addition to its text, in bytes. */
	private static final int EVENT = 32;

	private final AnswerDecoder decoder;

	private final FrameReader frames;

	private final SizeLimit limit;

	private final @Nullable KeptFrames raw;

	private long kept;

	private Consumer<LlmEvent> out = (event) -> {
	};

	/**
	 * @param keepsFrames whether the frames, each in a line, become the answer's raw body
	 */
	StreamedBody(WireFormat.Framing framing, AnswerDecoder decoder, SizeLimit limit, boolean keepsFrames) {
		this.decoder = decoder;
		this.limit = limit;
		this.raw = keepsFrames ? new KeptFrames() : null;
		this.frames = new FrameReader(framing, limit.bytes(), this::frame);
	}

	private LlmResponse answer() {
		LlmResponse answer = this.decoder.end();
		return (this.raw == null) ? answer : answer.withRaw(this.raw.toBody());
	}

	@Override
	public void read(DataBuffer bytes, Consumer<LlmEvent> out) {
		this.out = out;
		try {
			this.frames.read(bytes);
		}
		catch (FrameReader.FrameTooLongException ex) {
			throw this.limit.exceeded();
		}
	}

	/** Some proxies send their signs of life as data that begins like a comment. */
	private void frame(Frame frame) {
		if (frame.isComment()) {
			return;
		}
		if (this.raw != null) {
			this.kept += frame.length() + 1;
			check();
			this.raw.add(frame);
		}
		this.decoder.frame(frame, this);
		check();
	}

	private void check() {
		if (this.kept + this.decoder.kept() > this.limit.bytes()) {
			throw this.limit.exceeded();
		}
	}

	@Override
	public void end(Consumer<LlmEvent> out) {
		this.out = out;
		LlmException cut = lastFrame();
		try {
			out.accept(new LlmEvent.Completed(answer()));
		}
		catch (LlmException ex) {
			if (cut != null) {
				ex.addSuppressed(cut);
			}
			throw ex;
		}
	}

	@Override
	public boolean isCompleteWithoutEnd(Consumer<LlmEvent> out) {
		try {
			end(out);
			return true;
		}
		catch (LlmException ex) {
			return false;
		}
	}

	/**
	 * A frame that was cut off is not read; the decoder decides whether the answer is
	 * complete without it.
	 */
	private @Nullable LlmException lastFrame() {
		try {
			this.frames.end();
			return null;
		}
		catch (LlmException ex) {
			if (ex.kind() == ErrorKind.PROTOCOL) {
				return ex;
			}
			throw ex;
		}
	}

	@Override
	public Usage used() {
		return this.decoder.used();
	}

	@Override
	public @Nullable LlmResponse whole() {
		try {
			return answer();
		}
		catch (LlmException ex) {
			return null;
		}
	}

	@Override
	public boolean isOver() {
		return this.decoder.isOver();
	}

	@Override
	public void accept(LlmEvent event) {
		this.kept += EVENT + event.characters();
		check();
		this.out.accept(event);
	}

}
