package io.arcllm.provider.http;

import java.util.Arrays;
import java.util.function.Consumer;
import java.util.function.Function;

import io.arcllm.AnswerBuilder;
import io.arcllm.LlmEvent;
import io.arcllm.LlmException;
import io.arcllm.LlmResponse;
import io.arcllm.RawBody;

import org.springframework.core.io.buffer.DataBuffer;

/**
 * A body that is read when it is complete.
 */
final class WholeBody implements AnswerBody {

	private static final int FIRST_SIZE = 4096;

	private static final byte[] DATA = { 'd', 'a', 't', 'a', ':' };

	private static final int TRUSTED_SIZE = 1 << 20;

	/** A megabyte takes up to 50 ms. */
	private static final int LONG_SIZE = 1 << 18;

	private final SizeLimit limit;

	private final long announced;

	private final boolean cut;

	private final boolean streaming;

	private final Function<byte[], LlmResponse> reader;

	private byte[] bytes;

	private int length;

	private WholeBody(SizeLimit limit, long announced, boolean cut, boolean streaming,
			Function<byte[], LlmResponse> reader) {
		this.limit = limit;
		this.cut = cut;
		this.streaming = streaming;
		this.reader = reader;
		this.bytes = new byte[(int) ((announced >= 0) ? Math.min(announced, TRUSTED_SIZE) : FIRST_SIZE)];
		this.announced = announced;
	}

	/**
	 * An answer.
	 * @param announced the announced length, or -1
	 * @param streaming whether deltas are expected: the answer is then given as one of
	 * each kind
	 */
	static WholeBody answer(SizeLimit limit, long announced, boolean streaming, Function<byte[], LlmResponse> reader) {
		return new WholeBody(limit, announced, false, streaming, (bytes) -> reader.apply(withoutSigns(bytes)));
	}

	/**
	 * An error, of which at most the limit is read.
	 */
	static WholeBody error(SizeLimit limit, Function<byte[], LlmException> reader) {
		return new WholeBody(limit, -1, true, false, (bytes) -> {
			throw reader.apply(bytes);
		});
	}

	/**
	 * Some proxies send comment lines as keep-alives before the answer.
	 */
	private static byte[] withoutSigns(byte[] bytes) {
		int from = 0;
		for (int end = endOfSign(bytes, from); end > from; end = endOfSign(bytes, from)) {
			from = end;
		}
		return (from == 0) ? bytes : Arrays.copyOfRange(bytes, from, bytes.length);
	}

	/** The end of a keep-alive line that begins here; the same index if none does. */
	private static int endOfSign(byte[] bytes, int from) {
		int at = afterBlanks(bytes, from);
		if (startsWithData(bytes, at)) {
			at = afterBlanks(bytes, at + DATA.length);
		}
		if (at >= bytes.length || bytes[at] != ':') {
			return from;
		}
		while (at < bytes.length && bytes[at] != '\n' && bytes[at] != '\r') {
			at++;
		}
		return at;
	}

	private static boolean startsWithData(byte[] bytes, int at) {
		int end = at + DATA.length;
		return end <= bytes.length && Arrays.equals(bytes, at, end, DATA, 0, DATA.length);
	}

	private static int afterBlanks(byte[] bytes, int from) {
		int at = from;
		while (at < bytes.length && (bytes[at] == ' ' || bytes[at] == '\n' || bytes[at] == '\r' || bytes[at] == '\t')) {
			at++;
		}
		return at;
	}

	@Override
	public void read(DataBuffer buffer, Consumer<LlmEvent> out) {
		int count = buffer.readableByteCount();
		if (count > this.limit.bytes() - this.length || this.announced > this.limit.bytes()) {
			if (!this.cut) {
				throw this.limit.exceeded();
			}
			count = this.limit.bytes() - this.length;
		}
		if (this.length + count > this.bytes.length) {
			this.bytes = Arrays.copyOf(this.bytes, Math.max(this.length + count, this.bytes.length * 2));
		}
		buffer.read(this.bytes, this.length, count);
		this.length += count;
	}

	@Override
	public void end(Consumer<LlmEvent> out) {
		boolean exact = this.length == this.bytes.length;
		byte[] whole = exact ? this.bytes : Arrays.copyOf(this.bytes, this.length);
		LlmResponse response = this.reader.apply(whole).withRaw(new RawBody(whole));
		if (this.streaming) {
			AnswerBuilder.deltas(response).forEach(out);
		}
		out.accept(new LlmEvent.Completed(response));
	}

	/** The part of an error that has arrived says more than the broken connection. */
	@Override
	public boolean isCompleteWithoutEnd(Consumer<LlmEvent> out) {
		if (this.cut) {
			end(out);
		}
		return false;
	}

	@Override
	public boolean isOver() {
		return this.cut && this.length == this.limit.bytes();
	}

	@Override
	public boolean isLong() {
		return this.length > LONG_SIZE;
	}

}
