package io.arcllm.benchmarks.gateway;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.stream.LongStream;

/**
 * Asks as fast as the answers come, over a fixed number of connections and on one thread.
 * Costs a few microseconds a call, because it has to share the processors with what it
 * measures.
 */
final class HttpLoad {

	private final InetSocketAddress address;

	private final byte[] request;

	HttpLoad(URI uri, byte[] body) {
		this.address = new InetSocketAddress(uri.getHost(), uri.getPort());
		byte[] head = ("POST " + uri.getPath() + " HTTP/1.1\r\nhost: " + uri.getAuthority()
				+ "\r\ncontent-type: application/json\r\nauthorization: Bearer key\r\ncontent-length: " + body.length
				+ "\r\n\r\n")
			.getBytes(StandardCharsets.US_ASCII);
		this.request = Arrays.copyOf(head, head.length + body.length);
		System.arraycopy(body, 0, this.request, head.length, body.length);
	}

	/**
	 * @throws IOException if an answer is anything but 200, or a connection breaks
	 */
	Calls run(int connections, Duration duration) throws IOException {
		try (Selector selector = Selector.open()) {
			try {
				return run(selector, connections, duration.toNanos());
			}
			finally {
				for (SelectionKey key : selector.keys()) {
					key.channel().close();
				}
			}
		}
	}

	private Calls run(Selector selector, int connections, long duration) throws IOException {
		for (int i = 0; i < connections; i++) {
			HttpConnection connection = new HttpConnection(this.address, this.request);
			connection.channel().register(selector, SelectionKey.OP_READ, connection);
			connection.ask();
		}
		LongStream.Builder nanos = LongStream.builder();
		long start = System.nanoTime();
		long end = start;
		while (end - start < duration) {
			selector.select((key) -> answered(key, nanos), 5000);
			end = System.nanoTime();
		}
		return new Calls(nanos.build().sorted().toArray(), end - start);
	}

	private static void answered(SelectionKey key, LongStream.Builder nanos) {
		HttpConnection connection = (HttpConnection) key.attachment();
		try {
			long took = connection.read();
			if (took >= 0) {
				nanos.add(took);
				connection.ask();
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * How long each call took, the shortest first.
	 */
	record Calls(long[] nanos, long duration) {

		double perSecond() {
			return this.nanos.length * 1e9 / this.duration;
		}

		/** In milliseconds. */
		double quantile(double part) {
			return this.nanos[(int) (part * (this.nanos.length - 1))] / 1e6;
		}

	}

}
