package io.arcllm.benchmarks.gateway;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/**
 * One connection that is kept alive and asks the same again and again. Reads no more of
 * an answer than its status and its length, which must be given.
 */
final class HttpConnection {

	private static final byte[] OK = "HTTP/1.1 200".getBytes(StandardCharsets.US_ASCII);

	private static final byte[] LENGTH = "content-length:".getBytes(StandardCharsets.US_ASCII);

	private final SocketChannel channel;

	private final ByteBuffer request;

	private final ByteBuffer answer = ByteBuffer.allocate(64 * 1024);

	private long asked;

	/** How many bytes the answer has with its head, once that is known. */
	private int size;

	HttpConnection(InetSocketAddress address, byte[] request) throws IOException {
		this.channel = SocketChannel.open(address);
		this.channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
		this.channel.configureBlocking(false);
		this.request = ByteBuffer.wrap(request);
	}

	SocketChannel channel() {
		return this.channel;
	}

	void ask() throws IOException {
		this.answer.clear();
		this.size = 0;
		this.asked = System.nanoTime();
		this.request.rewind();
		while (this.request.hasRemaining()) {
			this.channel.write(this.request);
		}
	}

	/**
	 * Reads what has arrived.
	 * @return how many nanoseconds the call took if the answer is whole, or -1
	 */
	long read() throws IOException {
		if (this.channel.read(this.answer) < 0) {
			throw new IOException("The connection was closed after " + this.answer.position() + " bytes of an answer");
		}
		if (this.size == 0) {
			this.size = size();
		}
		if (this.size == 0 || this.answer.position() < this.size) {
			return -1;
		}
		return System.nanoTime() - this.asked;
	}

	private int size() throws IOException {
		int length = 0;
		for (int i = 3; i < this.answer.position(); i++) {
			if (this.answer.get(i) == '\n' && this.answer.get(i - 2) == '\n') {
				if (!matches(0, OK)) {
					throw new IOException("Not answered: "
							+ new String(this.answer.array(), 0, this.answer.position(), StandardCharsets.UTF_8));
				}
				return i + 1 + length;
			}
			if (this.answer.get(i - 1) == '\n' && matches(i, LENGTH)) {
				length = number(i + LENGTH.length);
			}
		}
		return 0;
	}

	private boolean matches(int at, byte[] lowerCase) {
		for (int i = 0; i < lowerCase.length; i++) {
			int read = (at + i < this.answer.position()) ? this.answer.get(at + i) : 0;
			if (read != lowerCase[i] && (read | 0x20) != lowerCase[i]) {
				return false;
			}
		}
		return true;
	}

	private int number(int at) {
		int number = 0;
		for (int i = at; this.answer.get(i) != '\r' && i + 1 < this.answer.position(); i++) {
			int read = this.answer.get(i);
			number = (read == ' ') ? number : number * 10 + read - '0';
		}
		return number;
	}

}
