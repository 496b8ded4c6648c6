package io.arcllm.sample;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Connections on which nothing happens end, before their first request, too, and whether
 * HTTP/2 is spoken or not. In the test, sooner than the 60 s of the application.
 */
@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
		properties = { "server.http2.enabled=true", "server.netty.idle-timeout=300ms" })
class IdleConnectionsTests {

	@LocalServerPort
	private int port;

	@ParameterizedTest
	@ValueSource(strings = { "", "GET /v1/models HTTP/1.1\r\nhost: localhost\r\n\r\n",
			"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0" })
	void end(String sent) throws IOException {
		try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), this.port)) {
			socket.setSoTimeout(20_000);
			socket.getOutputStream().write(sent.getBytes(StandardCharsets.ISO_8859_1));
			InputStream in = socket.getInputStream();
			int read = 0;
			while (in.read() >= 0) {
				read++;
			}
			assertThat(read > 0).isEqualTo(!sent.isEmpty());
		}
	}

}
