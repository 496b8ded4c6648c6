package io.arcllm.sample;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.util.concurrent.ScheduledFuture;
import org.jspecify.annotations.Nullable;
import reactor.netty.NettyPipeline;

/**
 * Closes a connection whose request is not complete in time, however slowly and steadily
 * its bytes come. Two handlers share one deadline: the one before the HTTP codec sees the
 * first byte, the one behind it the end. From the preface of HTTP/2 on, also after an
 * upgrade, {@link Http2Requests} follows the frames. All of it runs on the connection's
 * event loop, so nothing here needs a lock.
 */
final class RequestDeadline {

	private static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

	private static final String BEGINS = "request-begins";

	private static final String ENDS = "request-ends";

	private static final int NONE = -1;

	private final long millis;

	private @Nullable ScheduledFuture<?> deadline;

	/** How much of the preface was seen, or that there is none. */
	private int preface;

	private @Nullable Http2Requests http2;

	private RequestDeadline(long millis) {
		this.millis = millis;
	}

	/**
	 * @param millis from a request's first byte to its last
	 */
	static void add(ChannelPipeline pipeline, long millis) {
		RequestDeadline deadline = new RequestDeadline(millis);
		if (pipeline.get(NettyPipeline.SslHandler) == null) {
			pipeline.addFirst(BEGINS, deadline.new Begins());
		}
		else {
			pipeline.addAfter(NettyPipeline.SslHandler, BEGINS, deadline.new Begins());
		}
	}

	/** Behind the HTTP codec, which is there only when the protocol is known. */
	private void watchEnds(ChannelPipeline pipeline) {
		if (pipeline.get(ENDS) == null && pipeline.get(NettyPipeline.HttpTrafficHandler) != null) {
			pipeline.addBefore(NettyPipeline.HttpTrafficHandler, ENDS, new Ends());
		}
	}

	private void begin(ChannelHandlerContext context) {
		if (this.deadline == null) {
			this.deadline = context.executor().schedule(() -> {
				context.close();
			}, this.millis, TimeUnit.MILLISECONDS);
		}
	}

	private void end() {
		ScheduledFuture<?> deadline = this.deadline;
		if (deadline != null) {
			deadline.cancel(false);
			this.deadline = null;
		}
	}

	private void read(ChannelHandlerContext context, ByteBuf bytes) {
		int at = bytes.readerIndex();
		while (this.http2 == null && this.preface != NONE && at < bytes.writerIndex()) {
			this.preface = (bytes.getByte(at++) == PREFACE[this.preface]) ? this.preface + 1 : NONE;
			if (this.preface == PREFACE.length) {
				end();
				this.http2 = new Http2Requests(context, this.millis);
			}
		}
		if (this.http2 != null) {
			this.http2.read(bytes, at);
		}
		else {
			begin(context);
		}
	}

	/** Where the connection was upgraded just now, the client's preface comes next. */
	private void awaitPreface(ChannelPipeline pipeline) {
		if (this.http2 == null && this.preface == NONE && pipeline.get(Http2ConnectionHandler.class) != null) {
			this.preface = 0;
		}
	}

	private void write(ByteBuf bytes) {
		if (this.http2 != null) {
			this.http2.write(bytes);
		}
	}

	private void closed() {
		end();
		if (this.http2 != null) {
			this.http2.end();
		}
	}

	private final class Begins extends ChannelDuplexHandler {

		@Override
		public void channelRead(ChannelHandlerContext context, Object message) {
			if (message instanceof ByteBuf bytes && bytes.isReadable()) {
				watchEnds(context.pipeline());
				RequestDeadline.this.read(context, bytes);
			}
			context.fireChannelRead(message);
			awaitPreface(context.pipeline());
		}

		@Override
		public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
			if (message instanceof ByteBuf bytes) {
				RequestDeadline.this.write(bytes);
			}
			context.write(message, promise);
		}

		@Override
		public void channelInactive(ChannelHandlerContext context) {
			closed();
			context.fireChannelInactive();
		}

	}

	private final class Ends extends ChannelInboundHandlerAdapter {

		@Override
		public void channelRead(ChannelHandlerContext context, Object message) {
			if (message instanceof LastHttpContent) {
				end();
			}
			context.fireChannelRead(message);
		}

	}

}
