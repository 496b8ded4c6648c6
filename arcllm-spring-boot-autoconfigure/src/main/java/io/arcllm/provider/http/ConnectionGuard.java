package io.arcllm.provider.http;

import java.io.IOException;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;
import reactor.netty.Connection;
import reactor.netty.NettyPipeline;
import reactor.netty.channel.ChannelOperations;

/**
 * Ensures that each answer on a connection belongs to the request before it. Interim
 * answers (1xx except 101) are skipped, as RFC 9110, 15.2 requires. Reactor Netty would
 * take them for the final answer, and the next caller would get this caller's answer. An
 * answer without a request closes the connection. Invariant: {@code waiting} is true from
 * the writing of a request to the end of its final answer; one request is on a connection
 * at a time.
 */
public final class ConnectionGuard extends ChannelDuplexHandler {

	private static final String NAME = "arcllm.guard";

	private static final int SWITCHING_PROTOCOLS = 101;

	private int requests;

	/** The operations that wrote the last request on this connection. */
	private @Nullable ChannelOperations<?, ?> writer;

	private boolean waiting;

	private boolean answered;

	private boolean interim;

	private boolean told;

	/** Guards a connection that speaks HTTP/1.1, or a stream of HTTP/2, once. */
	public static void install(Connection connection) {
		ChannelPipeline pipeline = connection.channel().pipeline();
		String codec = (pipeline.get(NettyPipeline.HttpCodec) != null) ? NettyPipeline.HttpCodec
				: NettyPipeline.H2ToHttp11Codec;
		if (pipeline.get(codec) != null && pipeline.get(NAME) == null) {
			pipeline.addAfter(codec, NAME, new ConnectionGuard());
		}
	}

	@Override
	public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) throws Exception {
		if (message instanceof HttpRequest) {
			if (this.requests > 0 && !context.channel().isActive()) {
				this.told = true;
				ReferenceCountUtil.release(message);
				promise.setFailure(new UnwrittenRequestException());
				return;
			}
			this.requests++;
			this.writer = ChannelOperations.get(context.channel());
			this.waiting = true;
			this.answered = false;
		}
		super.write(context, message, promise);
	}

	@Override
	public void channelRead(ChannelHandlerContext context, Object message) throws Exception {
		if (message instanceof HttpResponse response) {
			this.answered = true;
			this.interim = response.decoderResult().isSuccess()
					&& response.status().codeClass() == HttpStatusClass.INFORMATIONAL
					&& response.status().code() != SWITCHING_PROTOCOLS;
			if (!this.waiting) {
				ReferenceCountUtil.release(message);
				context.close();
				return;
			}
		}
		if (this.interim) {
			this.interim = !(message instanceof LastHttpContent);
			ReferenceCountUtil.release(message);
			// nothing is passed on, so no other handler requests more
			context.read();
			return;
		}
		if (message instanceof LastHttpContent) {
			this.waiting = false;
		}
		super.channelRead(context, message);
	}

	/**
	 * A request that was cancelled has closed the connection itself, which is no failure.
	 */
	@Override
	public void channelInactive(ChannelHandlerContext context) throws Exception {
		if (isStale() && !isCancelled(context)) {
			this.told = true;
			context.fireExceptionCaught(new StaleConnectionException(null));
		}
		else if (isUnwritten(context)) {
			this.told = true;
			context.fireExceptionCaught(new UnwrittenRequestException());
		}
		super.channelInactive(context);
	}

	@Override
	public void exceptionCaught(ChannelHandlerContext context, Throwable cause) throws Exception {
		boolean stale = isStale() && cause instanceof IOException;
		this.told |= stale;
		super.exceptionCaught(context, stale ? new StaleConnectionException(cause) : cause);
	}

	/** Whether the connection was used before and nothing of this answer has come. */
	private boolean isStale() {
		return this.requests > 1 && this.waiting && !this.answered && !this.told;
	}

	private static boolean isCancelled(ChannelHandlerContext context) {
		ChannelOperations<?, ?> current = ChannelOperations.get(context.channel());
		return current != null && (current.isInboundCancelled() || current.isInboundDisposed());
	}

	/**
	 * Whether the connection was used before and the next request is not written to it
	 * yet.
	 */
	private boolean isUnwritten(ChannelHandlerContext context) {
		ChannelOperations<?, ?> current = ChannelOperations.get(context.channel());
		return this.requests > 0 && !this.waiting && !this.told && current != null && current != this.writer;
	}

	/**
	 * A connection that was kept open from an earlier request was closed before the next
	 * request was written to it.
	 */
	static final class UnwrittenRequestException extends IOException {

		UnwrittenRequestException() {
			super("closed by the other side before the request was written");
		}

	}

	/**
	 * A connection that was kept open from an earlier request broke before a byte of the
	 * answer came.
	 */
	static final class StaleConnectionException extends IOException {

		StaleConnectionException(@Nullable Throwable cause) {
			super("closed by the other side before the answer began", cause);
		}

	}

}
