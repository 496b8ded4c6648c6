package io.arcllm.autoconfigure;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A proxy on loopback that makes tunnels for those who say its password.
 */
final class ConnectProxy implements AutoCloseable {

	private final ServerSocket server;

	private final String authorization;

	private final List<Socket> sockets = new CopyOnWriteArrayList<>();

	private final List<String> tunnels = new CopyOnWriteArrayList<>();

	/**
	 * @param authorization what a request must say; empty for a proxy that asks for
	 * nothing, {@code null} for one that never answers
	 */
	ConnectProxy(String authorization) throws IOException {
		this.server = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
		this.authorization = authorization;
		start(this::accept);
	}

	int port() {
		return this.server.getLocalPort();
	}

	/** Where tunnels were made to. */
	List<String> tunnels() {
		return this.tunnels;
	}

	private void accept() throws IOException {
		while (true) {
			Socket client = this.server.accept();
			this.sockets.add(client);
			start(() -> serve(client));
		}
	}

	private void serve(Socket client) throws IOException {
		BufferedReader reader = new BufferedReader(
				new InputStreamReader(client.getInputStream(), StandardCharsets.US_ASCII), 1);
		String to = reader.readLine().split(" ")[1];
		boolean welcome = "".equals(this.authorization);
		for (String line = reader.readLine(); !line.isEmpty(); line = reader.readLine()) {
			welcome |= line.equalsIgnoreCase("proxy-authorization: " + this.authorization);
		}
		if (this.authorization == null) {
			return;
		}
		if (!welcome) {
			say(client, "HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic\r\n\r\n");
			client.close();
			return;
		}
		this.tunnels.add(to);
		Socket target = new Socket("127.0.0.1", Integer.parseInt(to.substring(to.lastIndexOf(':') + 1)));
		this.sockets.add(target);
		say(client, "HTTP/1.1 200 Connected\r\n\r\n");
		start(() -> target.getInputStream().transferTo(client.getOutputStream()));
		client.getInputStream().transferTo(target.getOutputStream());
	}

	private static void say(Socket socket, String text) throws IOException {
		socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
	}

	/** Until the sockets are closed. */
	private static void start(Work work) {
		Thread thread = new Thread(() -> {
			try {
				work.run();
			}
			catch (IOException ex) {
				// closed
			}
		}, "connect-proxy");
		thread.setDaemon(true);
		thread.start();
	}

	@Override
	public void close() {
		try {
			this.server.close();
			for (Socket socket : this.sockets) {
				socket.close();
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private interface Work {

		void run() throws IOException;

	}

}
