package io.arcllm.sample;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Random;

import io.arcllm.module.Shutdown;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Clients that reset their connections at any moment of an answer that takes minutes: no
 * call goes on without them.
 */
@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
		properties = { "simulator.pace.first-token=5ms", "simulator.pace.tokens-per-second=20",
				"simulator.fail-every=0" })
@Timeout(120)
class LostClientsTests {

	private static final String WORDS = "Tell me everything. ".repeat(50);

	@Autowired
	private Shutdown calls;

	@LocalServerPort
	private int port;

	@ParameterizedTest
	@CsvSource({ "/console/ask, 20", "/v1/chat/completions, 20" })
	void callsOfClientsThatResetEnd(String path, int clients) throws IOException {
		reset(path, clients, 1);
	}

	@ParameterizedTest
	@CsvSource({ "/console/ask, 500", "/v1/chat/completions, 500" })
	@Tag("proof")
	void callsOfAThousandClientsThatResetEnd(String path, int clients) throws IOException {
		reset(path, clients, 2);
	}

	private void reset(String path, int clients, int seed) throws IOException {
		Random random = new Random(seed);
		int most = 0;
		for (int i = 0; i < clients; i++) {
			try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), this.port)) {
				socket.setSoLinger(true, 0);
				socket.setSoTimeout(random.nextInt(60) + 1);
				socket.getOutputStream().write(request(path));
				readFor(socket, random.nextInt(4));
				most = Math.max(most, this.calls.calls());
			}
		}
		assertThat(most).isPositive();
		await().atMost(Duration.ofSeconds(30)).until(() -> this.calls.calls() == 0);
	}

	/** So many pieces, or until nothing comes for a moment. */
	private static void readFor(Socket socket, int pieces) throws IOException {
		try {
			for (int i = 0; i < pieces; i++) {
				socket.getInputStream().read(new byte[256]);
			}
		}
		catch (SocketTimeoutException ex) {
			// that long
		}
	}

	private static byte[] request(String path) {
		String body = path.startsWith("/console") ? "{\"text\":\"" + WORDS + "\"}"
				: "{\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":\"" + WORDS + "\"}]}";
		return ("POST " + path + " HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\naccept: */*\r\n"
				+ "content-length: " + body.length() + "\r\n\r\n" + body)
			.getBytes(StandardCharsets.US_ASCII);
	}

}
