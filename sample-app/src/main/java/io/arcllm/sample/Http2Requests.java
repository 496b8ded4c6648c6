package io.arcllm.sample;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.util.concurrent.ScheduledFuture;
import org.jspecify.annotations.Nullable;

/**
 * The requests of one connection of HTTP/2, followed in its frames: closes the connection
 * where a request, or a frame, is not complete in time. Runs on the connection's event
 * loop alone.
 * <p>
 * Invariants: {@code open} has the streams whose request has begun, by a whole frame, and
 * has not ended; {@code unfinished} is there while a frame, or a head in several frames,
 * has begun and has not ended.
 */
final class Http2Requests {

	/** More than a client may have open at once. */
	private static final int MOST_OPEN = 1000;

	private static final int DATA = 0;

	private static final int HEADERS = 1;

	private static final int RST_STREAM = 3;

	private static final int CONTINUATION = 9;

	private static final int END_STREAM = 1;

	private static final int END_HEADERS = 4;

	private final ChannelHandlerContext context;

	private final long millis;

	private final Frames received = new Frames(this::received);

	private final Frames sent = new Frames(this::sent);

	private final Map<Integer, ScheduledFuture<?>> open = new HashMap<>();

	private @Nullable ScheduledFuture<?> unfinished;

	private long unfinishedSince;

	private boolean headGoesOn;

	/**
	 * @param context of the connection
	 * @param millis from a request's first byte to its last
	 */
	Http2Requests(ChannelHandlerContext context, long millis) {
		this.context = context;
		this.millis = millis;
	}

	/** Bytes came from the client, from that index on. */
	void read(ByteBuf bytes, int from) {
		this.received.follow(bytes, from);
		boolean whole = this.received.isAtBoundary() && !this.headGoesOn;
		if (whole && this.unfinished != null) {
			this.unfinished.cancel(false);
			this.unfinished = null;
		}
		else if (!whole && this.unfinished == null) {
			this.unfinishedSince = now();
			this.unfinished = close(this.millis);
		}
	}

	/** Bytes go to the client: it may be told that a request is not read to its end. */
	void write(ByteBuf bytes) {
		this.sent.follow(bytes, bytes.readerIndex());
	}

	/** The connection is closed. */
	void end() {
		this.open.values().forEach((deadline) -> deadline.cancel(false));
		this.open.clear();
		if (this.unfinished != null) {
			this.unfinished.cancel(false);
		}
	}

	private void received(int type, int flags, int stream) {
		if (type == HEADERS || type == CONTINUATION) {
			this.headGoesOn = (flags & END_HEADERS) == 0;
		}
		boolean last = (type == HEADERS || type == DATA) && (flags & END_STREAM) != 0;
		if (last || type == RST_STREAM) {
			ended(stream);
		}
		else if (type == HEADERS) {
			begun(stream);
		}
	}

	private void sent(int type, int flags, int stream) {
		if (type == RST_STREAM) {
			ended(stream);
		}
	}

	private void begun(int stream) {
		long left = (this.unfinished == null) ? this.millis
				: this.millis - TimeUnit.NANOSECONDS.toMillis(now() - this.unfinishedSince);
		this.open.computeIfAbsent(stream, (one) -> close(Math.max(0, left)));
		if (this.open.size() > MOST_OPEN) {
			this.context.close();
		}
	}

	private void ended(int stream) {
		ScheduledFuture<?> deadline = this.open.remove(stream);
		if (deadline != null) {
			deadline.cancel(false);
		}
	}

	private ScheduledFuture<?> close(long afterMillis) {
		return this.context.executor().schedule(() -> {
			this.context.close();
		}, afterMillis, TimeUnit.MILLISECONDS);
	}

	private long now() {
		return this.context.executor().ticker().nanoTime();
	}

	/**
	 * Is told of each frame of one direction, whatever pieces it comes in.
	 */
	private interface FrameListener {

		void ended(int type, int flags, int stream);

	}

	/**
	 * Follows the frames of one direction.
	 */
	private static final class Frames {

		private static final int HEAD = 9;

		private final FrameListener listener;

		private final byte[] head = new byte[HEAD];

		/** How many bytes of the head are known. */
		private int known;

		/** How many bytes of the payload are to come. */
		private int left;

		Frames(FrameListener listener) {
			this.listener = listener;
		}

		void follow(ByteBuf bytes, int from) {
			int at = from;
			while (at < bytes.writerIndex()) {
				if (this.known < HEAD) {
					this.head[this.known++] = bytes.getByte(at++);
					this.left = (this.known == HEAD) ? length() : 1;
				}
				else {
					int step = Math.min(this.left, bytes.writerIndex() - at);
					at += step;
					this.left -= step;
				}
				if (this.left == 0) {
					this.known = 0;
					this.listener.ended(this.head[3], this.head[4], number(5) & 0x7fffffff);
				}
			}
		}

		boolean isAtBoundary() {
			return this.known == 0;
		}

		private int length() {
			return number(0) >>> 8;
		}

		private int number(int at) {
			return (this.head[at] & 0xff) << 24 | (this.head[at + 1] & 0xff) << 16 | (this.head[at + 2] & 0xff) << 8
					| (this.head[at + 3] & 0xff);
		}

	}

}
