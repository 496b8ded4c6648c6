package io.arcllm.provider.http;

import java.util.concurrent.RejectedExecutionException;
import java.util.function.BooleanSupplier;

import io.netty.channel.EventLoop;
import org.jspecify.annotations.Nullable;
import reactor.netty.channel.ChannelOperations;

import org.springframework.http.client.reactive.ClientHttpRequest;

/**
 * The connection that a request was written to. It is closed when the request's call
 * ends, at any moment. A cancellation is not enough: if it comes together with the head
 * of the answer, Spring's client either drops the answer unread or reads it to an end
 * that a vendor may never send, and Reactor Netty then keeps the connection for ever.
 * <p>
 * Invariants: once {@code abandoned}, no request continues, whichever of {@link #asked}
 * and {@link #abandon} comes first; only a connection that still carries this request is
 * closed, which its own event loop decides, because the pool may have given it to another
 * request.
 */
final class RequestConnection {

	private final BooleanSupplier ending;

	private volatile @Nullable Written last;

	private volatile boolean abandoned;

	/**
	 * @param ending whether the answer is whole, and the connection ends or is kept by
	 * itself
	 */
	RequestConnection(BooleanSupplier ending) {
		this.ending = ending;
	}

	/** A request is being written, by the event loop of its connection. */
	void asked(ClientHttpRequest request) {
		Object asked = request.getNativeRequest();
		// a channel that was closed meanwhile has no event loop
		if (asked instanceof ChannelOperations<?, ?> operations && operations.channel().isRegistered()) {
			this.last = new Written(operations, operations.channel().eventLoop());
			if (this.abandoned) {
				close();
			}
		}
	}

	/** The call is over, and makes no more requests. */
	void abandon() {
		this.abandoned = true;
		close();
	}

	/** This request is over; the call may continue with another one. */
	void close() {
		Written written = this.last;
		if (written != null) {
			written.close(this.ending);
		}
	}

	/**
	 * A request on its connection.
	 */
	private record Written(ChannelOperations<?, ?> operations, EventLoop eventLoop) {

		void close(BooleanSupplier ending) {
			try {
				this.eventLoop.execute(() -> {
					if (ChannelOperations.get(this.operations.channel()) == this.operations && !ending.getAsBoolean()) {
						this.operations.dispose();
					}
				});
			}
			catch (RejectedExecutionException ex) {
				// the event loop has ended, and its connections with it
			}
		}

	}

}
