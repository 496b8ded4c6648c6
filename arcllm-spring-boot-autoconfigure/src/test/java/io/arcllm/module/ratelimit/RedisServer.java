package io.arcllm.module.ratelimit;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.codec.ByteArrayCodec;
import org.junit.jupiter.api.Assumptions;

import static org.awaitility.Awaitility.await;

/**
 * A Redis of the test's own on a free loopback port.
 */
public final class RedisServer implements AutoCloseable {

	private final int port;

	private Process process;

	private RedisServer(int port) {
		this.port = port;
	}

	public static RedisServer start() throws IOException {
		RedisServer server = new RedisServer(freePort());
		try {
			server.restart();
		}
		catch (IOException ex) {
			Assumptions.abort("redis-server is not installed (apt-get install redis-server): " + ex.getMessage());
		}
		return server;
	}

	private static int freePort() throws IOException {
		try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			return socket.getLocalPort();
		}
	}

	public void restart() throws IOException {
		this.process = new ProcessBuilder("redis-server", "--bind", "127.0.0.1", "--port", String.valueOf(this.port),
				"--save", "", "--appendonly", "no")
			.redirectOutput(ProcessBuilder.Redirect.DISCARD)
			.redirectErrorStream(true)
			.start();
		await().atMost(Duration.ofSeconds(10)).ignoreExceptions().until(() -> {
			try (Socket socket = new Socket()) {
				socket.connect(new InetSocketAddress("127.0.0.1", this.port), 200);
				return true;
			}
		});
	}

	public int port() {
		return this.port;
	}

	public void kill() throws InterruptedException {
		this.process.destroyForcibly();
		this.process.waitFor(10, TimeUnit.SECONDS);
	}

	RedisConnection connection(RedisClient client) {
		RedisURI uri = RedisURI.builder().withHost("127.0.0.1").withPort(this.port).build();
		return () -> client.connectAsync(ByteArrayCodec.INSTANCE, uri);
	}

	@Override
	public void close() throws InterruptedException {
		kill();
	}

}
