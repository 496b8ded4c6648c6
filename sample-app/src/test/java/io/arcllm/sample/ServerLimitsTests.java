package io.arcllm.sample;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.stream.Stream;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.server.HttpServer;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The deadline of a request on a real server, for each protocol that the sample can be
 * told to speak.
 */
class ServerLimitsTests {

	private static final Duration LIMIT = Duration.ofSeconds(20);

	private static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

	private static DisposableServer server(Duration longest, HttpProtocol... protocols) {
		return ServerLimits.limited(HttpServer.create().host("127.0.0.1").port(0).protocol(protocols), longest)
			.handle((request, response) -> response
				.sendString(request.receive().aggregate().asString().defaultIfEmpty("nothing")))
			.bindNow();
	}

	static Stream<Arguments> drips() {
		HttpProtocol[] http1 = { HttpProtocol.HTTP11 };
		HttpProtocol[] both = { HttpProtocol.HTTP11, HttpProtocol.H2C };
		return Stream.of(Arguments.of(http1, "POST / HTTP/1.1\r\nhost: localhost\r\nx: "),
				Arguments.of(http1, "POST / HTTP/1.1\r\nhost: localhost\r\ncontent-length: 1000\r\n\r\n"),
				Arguments.of(both, "POST / HTTP/1.1\r\nhost: localhost\r\nx: "),
				Arguments.of(both, "POST / HTTP/1.1\r\nhost: localhost\r\ncontent-length: 1000\r\n\r\n"),
				Arguments.of(both, "PRI * HT"),
				// a frame of settings, and one of a thousand bytes that does not end
				Arguments.of(both, PREFACE + "\0\0\0\4\0\0\0\0\0" + "\0\3\u00e8\6\0\0\0\0\0"));
	}

	@ParameterizedTest
	@MethodSource("drips")
	void requestThatDoesNotEndIsCutOff(HttpProtocol[] protocols, String begin) throws IOException {
		DisposableServer server = server(Duration.ofMillis(200), protocols);
		try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
			socket.setSoTimeout(20_000);
			socket.getOutputStream().write(begin.getBytes(StandardCharsets.ISO_8859_1));
			InputStream in = socket.getInputStream();
			for (int read = in.read(); read >= 0; read = in.read()) {
				// settings of HTTP/2, until the end
			}
		}
		finally {
			server.disposeNow();
		}
	}

	static Stream<Arguments> protocols() {
		return Stream.of(Arguments.of(HttpProtocol.HTTP11, HttpProtocol.HTTP11),
				Arguments.of(HttpProtocol.HTTP11, HttpProtocol.H2C), Arguments.of(HttpProtocol.H2C, HttpProtocol.H2C));
	}

	/** Over a connection that lives for longer than a request may take. */
	@ParameterizedTest
	@MethodSource("protocols")
	void requestsThatEndAreAnswered(HttpProtocol asked, HttpProtocol spoken) {
		DisposableServer server = server(Duration.ofMillis(500), HttpProtocol.HTTP11, spoken);
		try {
			HttpClient client = HttpClient.create().host("127.0.0.1").port(server.port()).protocol(asked);
			for (int i = 0; i < 4; i++) {
				String body = "x".repeat(10_000);
				Flux<String> pieces = Flux.just(body, body).delayElements(Duration.ofMillis(200));
				assertThat(client.post()
					.uri("/")
					.send((request, out) -> out.sendString(pieces))
					.responseContent()
					.aggregate()
					.asString()
					.block(LIMIT)).hasSize(20_000);
				assertThat(client.get().uri("/").responseContent().aggregate().asString().block(LIMIT))
					.isEqualTo("nothing");
			}
		}
		finally {
			server.disposeNow();
		}
	}

	/** The other requests of the connection end with it: they are the same client's. */
	@ParameterizedTest
	@MethodSource("protocols")
	void bodyThatNeverEndsIsCutOff(HttpProtocol asked, HttpProtocol spoken) {
		DisposableServer server = server(Duration.ofMillis(200), HttpProtocol.HTTP11, spoken);
		try {
			Mono<String> answer = HttpClient.create()
				.host("127.0.0.1")
				.port(server.port())
				.protocol(asked)
				.post()
				.uri("/")
				.send((request, out) -> out.sendString(Flux.just("begin").concatWith(Flux.never())))
				.responseContent()
				.aggregate()
				.asString();
			assertThat(answer.onErrorReturn("cut off").block(LIMIT)).isEqualTo("cut off");
		}
		finally {
			server.disposeNow();
		}
	}

}
