package io.arcllm.sample;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import mockwebserver3.MockWebServer;
import mockwebserver3.junit5.StartStop;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Whatever a visitor sends over the wire, nobody else is reached, nothing breaks, and
 * what is for this machine alone stays so.
 */
@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
		properties = { "simulator.pace.first-token=0s", "simulator.pace.tokens-per-second=0", "simulator.fail-every=0",
				"arcllm.modules.fallback.enabled=false" })
class HostileVisitorTests {

	private static final String HI = "\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]";

	@StartStop
	private final MockWebServer elsewhere = new MockWebServer();

	@LocalServerPort
	private int port;

	@ParameterizedTest
	@CsvSource({ "anthropic, 200", "openai, 200", "ollama, 400" })
	void picturesElsewhereAreNeverFetched(String model, int status) throws IOException {
		String body = """
				{"model":"%s","messages":[{"role":"user","content":[{"type":"text","text":"Look"},
				{"type":"image_url","image_url":{"url":"%s"}}]}]}""".formatted(model, this.elsewhere.url("/a.png"));
		assertThat(status(chat(body))).isEqualTo(status);
		assertThat(this.elsewhere.getRequestCount()).isZero();
	}

	@ParameterizedTest
	@ValueSource(strings = { "http://ELSEWHERE/v1", "openai/http://ELSEWHERE/", "//ELSEWHERE", "openai@ELSEWHERE",
			"openai/../../x", "openai/a\\nhost: b", "openai/a\\u0000", "openai/\\ud83d\\ude00", "openai/\\ud83d",
			"openai/<script>alert(1)</script>", "__proto__", "arcllm.providers.openai" })
	void oddModelsReachNobodyElse(String model) throws IOException {
		String authority = this.elsewhere.getHostName() + ":" + this.elsewhere.getPort();
		for (boolean streamed : new boolean[] { false, true }) {
			String answer = chat("{\"model\":\"" + model.replace("ELSEWHERE", authority) + "\",\"stream\":" + streamed
					+ "," + HI + "}");
			assertThat(status(answer)).isIn(200, 400, 404);
			assertThat(head(answer)).doesNotContain("\nhost:", "<script");
		}
		assertThat(this.elsewhere.getRequestCount()).isZero();
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`', value = {
			"POST /v1/chat/completions | application/json | { | 400",
			"POST /v1/chat/completions | application/json | [[ | 400",
			"POST /v1/chat/completions | text/plain | hello | 400",
			"POST /v1/chat/completions | nonsense | hello | 400",
			"POST /v1/chat/completions | application/json | {HI,\"max_tokens\":-1} | 400",
			"POST /v1/chat/completions | application/json | {HI,\"max_tokens\":1e999} | 400",
			"POST /v1/chat/completions | application/json | {HI,\"temperature\":1e999} | 400",
			"POST /v1/chat/completions | application/json | {HI,\"seed\":1e999999999} | 400",
			"POST /v1/chat/completions | application/json | {\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"image_url\",\"image_url\":{\"url\":\"file:///etc/passwd\"}}]}]} | 400",
			"GET /v1/chat/completions | application/json | {} | 405",
			"POST /console/ask | application/json | {\"text\": | 400",
			"POST /console/ask | application/json | {\"text\":\" \"} | 400",
			"POST /console/ask | application/json | {} | 400", "POST /console/ask | text/plain | {} | 415",
			"POST /console/ask | nonsense | {} | 415", "POST /console/storm | application/json | {} | 400",
			"POST /console/storm | application/json | {\"perSecond\":1e9,\"seconds\":1} | 400",
			"POST /console/storm | application/x-www-form-urlencoded | perSecond=1 | 415",
			"PUT /simulator/openai | text/plain | {\"fault\":\"500\"} | 415",
			"PUT /simulator/openai | application/json | {\"fault\":[]} | 400",
			"PUT /simulator/..%2fopenai | application/json | {\"fault\":\"500\"} | 404" })
	void nonsenseIsRefused(String line, String type, String body, int status) throws IOException {
		String[] parts = line.split(" ");
		String answer = send(parts[0], parts[1], Map.of("Content-Type", type), body.replace("HI", HI));
		assertThat(status(answer)).isEqualTo(status);
	}

	/**
	 * Reactor Netty 1.3.7 reads nothing more from a connection on which a request came
	 * just before the end of the one before it was noted (its issue 4361).
	 */
	@Test
	void busyConnectionsAreReadOn() throws IOException {
		byte[] slow = request("GET", "/actuator/metrics", "");
		byte[] quick = request("POST", "/nowhere", "{}");
		try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), this.port)) {
			socket.setSoTimeout(20_000);
			for (int i = 0; i < 200; i++) {
				socket.getOutputStream().write(slow);
				awaitAnswer(socket.getInputStream());
				socket.getOutputStream().write(quick);
				awaitAnswer(socket.getInputStream());
			}
		}
	}

	@Test
	void deepBodiesAreRefused() throws IOException {
		assertThat(status(chat("{\"metadata\":" + "[".repeat(100_000) + "]".repeat(100_000) + "," + HI + "}")))
			.isEqualTo(400);
	}

	@ParameterizedTest
	@CsvSource({ "POST, /v1/chat/completions, 17000000", "POST, /console/ask, 1000000", "POST, /console/storm, 1000000",
			"PUT, /simulator/openai, 1000000" })
	void hugeBodiesAreRefused(String method, String path, int size) throws Exception {
		HttpRequest request = HttpRequest.newBuilder(URI.create("http://localhost:" + this.port + path))
			.header("Content-Type", "application/json")
			.method(method, HttpRequest.BodyPublishers.ofString("{\"text\":\"" + "x".repeat(size) + "\"}"))
			.build();
		HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
		assertThat(client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode()).isEqualTo(413);
	}

	@ParameterizedTest
	@ValueSource(strings = { "a b", "a\tb", "a%0d%0aset-cookie:x", "\u00e4", "<script>", "\"" })
	void requestIdsThatAreNoneAreReplaced(String id) throws IOException {
		for (String body : List.of("{" + HI + "}", "{")) {
			String answer = send("POST", "/v1/chat/completions", Map.of("x-request-id", id), body);
			assertThat(head(answer)).containsPattern("x-request-id: req_[0-9a-f]+\r").doesNotContain("set-cookie");
		}
		assertThat(head(send("POST", "/v1/chat/completions", Map.of("x-request-id", "x".repeat(129)), "{")))
			.containsPattern("x-request-id: req_");
	}

	@ParameterizedTest
	@ValueSource(strings = { "/simulator", "/%73imulator", "/console/state", "/%63onsole/state", "/console;a=b/state" })
	void namesThatWerePointedHereOpenNothing(String path) throws IOException {
		for (String host : List.of("evil.example", "evil.example:" + this.port, "localhost.evil.example",
				"127.0.0.1.evil.example", "evil.example:x", "127.0.0.1:99999", "localhost:-1", "")) {
			assertThat(status(send("GET", path, Map.of("Host", host), ""))).as(host).isIn(400, 403);
		}
		assertThat(status(send("GET", path, Map.of("Origin", "https://evil.example"), ""))).isEqualTo(403);
	}

	private String chat(String body) throws IOException {
		return send("POST", "/v1/chat/completions", Map.of("Content-Type", "application/json"), body);
	}

	private String send(String method, String path, Map<String, String> headers, String body) throws IOException {
		return send(InetAddress.getLoopbackAddress(), method, path, headers, body);
	}

	/** What no client would send, as it is. */
	private String send(InetAddress to, String method, String path, Map<String, String> headers, String body)
			throws IOException {
		byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
		StringBuilder head = new StringBuilder(method + " " + path + " HTTP/1.1\r\nConnection: close\r\n");
		if (!headers.containsKey("Host")) {
			head.append("Host: localhost:").append(this.port).append("\r\n");
		}
		headers.forEach((name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
		head.append("Content-Length: ").append(bytes.length).append("\r\n\r\n");
		try (Socket socket = new Socket(to, this.port)) {
			socket.setSoTimeout(20_000);
			// At once: who refuses it before the body has come may reset the connection.
			socket.getOutputStream().write((head + body).getBytes(StandardCharsets.UTF_8));
			return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
		}
	}

	private byte[] request(String method, String path, String body) {
		return (method + " " + path + " HTTP/1.1\r\nHost: localhost:" + this.port
				+ "\r\nContent-Type: application/json\r\nContent-Length: " + body.length() + "\r\n\r\n" + body)
			.getBytes(StandardCharsets.UTF_8);
	}

	/** Up to the end of its JSON, which is what comes last. */
	private static void awaitAnswer(InputStream answers) throws IOException {
		byte[] buffer = new byte[16_384];
		int read = 0;
		do {
			read = answers.read(buffer);
		}
		while (buffer[read - 1] != '}');
	}

	private static int status(String answer) {
		return answer.startsWith("HTTP/1.1 ") ? Integer.parseInt(answer.substring(9, 12)) : 0;
	}

	private static String head(String answer) {
		return answer.split("\r\n\r\n", 2)[0].toLowerCase(Locale.ROOT) + "\r\n";
	}

}
