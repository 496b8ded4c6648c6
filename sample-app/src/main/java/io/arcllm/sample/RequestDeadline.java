package io.arcllm.sample;

import java.util.concurrent.TimeUnit;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.concurrent.ScheduledFuture;
import org.jspecify.annotations.Nullable;

/**
 * Closes a connection whose request is not complete in time, however slowly and steadily
 * its bytes come. Two handlers share one deadline: the one before the HTTP codec sees the
 * first byte, the one behind it the end. Both run on the connection's event loop, so
 * nothing here needs a lock.
 */
final class RequestDeadline {

	private final long millis;

	private @Nullable ScheduledFuture<?> deadline;

	private RequestDeadline(long millis) {
		this.millis = millis;
	}

	/**
	 * @param codec the name of the HTTP codec in the pipeline
	 * @param millis from a request's first byte to its last
	 */
	static void add(ChannelPipeline pipeline, String codec, long millis) {
		RequestDeadline deadline = new RequestDeadline(millis);
		pipeline.addBefore(codec, "request-begins", deadline.new Begins());
		pipeline.addAfter(codec, "request-ends", deadline.new Ends());
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

	private final class Begins extends ChannelInboundHandlerAdapter {

		@Override
		public void channelRead(ChannelHandlerContext context, Object message) {
			if (message instanceof ByteBuf bytes && bytes.isReadable()) {
				begin(context);
			}
			context.fireChannelRead(message);
		}

		@Override
		public void channelInactive(ChannelHandlerContext context) {
			end();
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
