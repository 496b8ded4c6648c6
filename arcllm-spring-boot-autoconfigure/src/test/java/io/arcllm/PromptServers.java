package io.arcllm;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;

import javax.net.ServerSocketFactory;

import mockwebserver3.MockWebServer;

/**
 * Servers that send what they write at once. MockWebServer writes head and body apart,
 * and by Nagle's algorithm the body then waits for the acknowledgement of the head, which
 * the client delays by 40 ms.
 */
public final class PromptServers extends ServerSocketFactory {

	private PromptServers() {
	}

	/** A server that is not started yet. */
	public static MockWebServer create() {
		MockWebServer server = new MockWebServer();
		server.setServerSocketFactory(new PromptServers());
		return server;
	}

	@Override
	public ServerSocket createServerSocket() throws IOException {
		return new ServerSocket() {

			@Override
			public Socket accept() throws IOException {
				Socket socket = super.accept();
				socket.setTcpNoDelay(true);
				return socket;
			}

		};
	}

	@Override
	public ServerSocket createServerSocket(int port) throws IOException {
		return createServerSocket(port, 0);
	}

	@Override
	public ServerSocket createServerSocket(int port, int backlog) throws IOException {
		return createServerSocket(port, backlog, InetAddress.getLoopbackAddress());
	}

	@Override
	public ServerSocket createServerSocket(int port, int backlog, InetAddress address) throws IOException {
		ServerSocket server = createServerSocket();
		server.bind(new InetSocketAddress(address, port), backlog);
		return server;
	}

}
