package io.arcllm.autoconfigure;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import io.arcllm.ErrorKind;
import io.arcllm.LlmException;
import io.arcllm.LlmProvider;
import io.arcllm.LlmRequest;
import io.arcllm.PromptServers;
import io.arcllm.TimeoutStage;
import io.arcllm.WholeAndStreamed;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.SocketEffect;
import mockwebserver3.junit5.StartStop;
import okhttp3.tls.HandshakeCertificates;
import okhttp3.tls.HeldCertificate;
import okio.BufferedSink;
import okio.BufferedSource;
import okio.Okio;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;
import reactor.core.publisher.Flux;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.reactive.ReactiveHttpClientAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.HttpClientAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.reactive.ReactiveHttpClientAutoConfiguration;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.ContextConsumer;
import org.springframework.boot.webclient.autoconfigure.WebClientAutoConfiguration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * Each setting under {@code arcllm.providers.<name>.http} does what it says, over real
 * sockets.
 */
class ConnectionSettingsTests {

	private static final HeldCertificate AUTHORITY = new HeldCertificate.Builder().certificateAuthority(0).build();

	private final List<AutoCloseable> open = new ArrayList<>();

	@StartStop
	final MockWebServer server = PromptServers.create();

	@AfterEach
	void close() throws Exception {
		for (AutoCloseable closeable : this.open) {
			closeable.close();
		}
	}

	@WholeAndStreamed
	void connectionThatTakesTooLongIsATimeout(boolean streaming) throws IOException {
		try (ServerSocket deaf = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
			fill(deaf);
			runner("http://127.0.0.1:" + deaf.getLocalPort()).withPropertyValues("http.connect-timeout=200ms")
				.run((context) -> assertConnectTimeout(failure(context.getBean(LlmProvider.class), streaming)));
		}
	}

	@WholeAndStreamed
	void noMoreConnectionsAreMadeThanAllowed(boolean streaming) throws InterruptedException {
		Vendor.on(this.server).delay(Duration.ofMillis(50));
		runner("http").withPropertyValues("http.max-connections=2").run((context) -> {
			LlmProvider provider = context.getBean(LlmProvider.class);
			Flux.range(0, 8)
				.flatMap((i) -> provider.exchange(LlmRequest.of("hi").withStreaming(streaming)))
				.blockLast(Duration.ofSeconds(20));
		});
		Set<Integer> connections = new HashSet<>();
		for (int i = 0; i < 8; i++) {
			connections.add(this.server.takeRequest().getConnectionIndex());
		}
		assertThat(connections).containsExactlyInAnyOrder(0, 1);
	}

	@WholeAndStreamed
	void connectTimeoutOfAllClientsHoldsUnlessTheProviderHasItsOwn(boolean streaming) throws IOException {
		try (ServerSocket deaf = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
			fill(deaf);
			String url = "http://127.0.0.1:" + deaf.getLocalPort();
			withClients(runner(url)).withPropertyValues("spring.http.clients.connect-timeout=200ms")
				.run((context) -> assertConnectTimeout(failure(context.getBean(LlmProvider.class), streaming)));
			withClients(runner(url))
				.withPropertyValues("spring.http.clients.connect-timeout=10m", "http.connect-timeout=200ms")
				.run((context) -> assertConnectTimeout(failure(context.getBean(LlmProvider.class), streaming)));
		}
	}

	@WholeAndStreamed
	void connectionThatTakesTooLongIsTriedAgain(boolean streaming) throws IOException {
		try (ServerSocket deaf = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
			fill(deaf);
			runner("http://127.0.0.1:" + deaf.getLocalPort())
				.withPropertyValues("http.connect-timeout=200ms", "arcllm.modules.retry.enabled=true",
						"arcllm.modules.retry.max-retries=1", "arcllm.modules.retry.backoff-base=1ms")
				.run((context) -> {
					LlmException failure = failure(context.getBean(LlmProvider.class), streaming);
					assertConnectTimeout(failure);
					assertThat(failure.trail().requests()).isEqualTo(2);
				});
		}
	}

	@WholeAndStreamed
	void requestWaitsOnlySoLongForAConnection(boolean streaming) {
		this.server.enqueue(new MockResponse.Builder().onResponseStart(SocketEffect.Stall.INSTANCE).build());
		runner("http").withPropertyValues("http.max-connections=1", "http.pending-acquire-timeout=200ms")
			.run((context) -> {
				LlmProvider provider = context.getBean(LlmProvider.class);
				var first = provider.stream(LlmRequest.of("hi")).onErrorComplete().subscribe();
				this.server.takeRequest();
				LlmException failure = failure(provider, streaming);
				first.dispose();
				assertThat(failure.kind()).isEqualTo(ErrorKind.BULKHEAD_FULL);
				assertThat(failure).hasMessageContaining("pending-acquire-timeout");
			});
	}

	@WholeAndStreamed
	void answerIsReadUpToItsLimit(boolean streaming) {
		for (int i = 0; i < 2; i++) {
			this.server.enqueue(Vendors.says("x".repeat(2000), streaming));
		}
		runner("http").withPropertyValues("http.max-response-size=1KB").run((context) -> {
			LlmException failure = failure(context.getBean(LlmProvider.class), streaming);
			assertThat(failure.kind()).isEqualTo(ErrorKind.PROTOCOL);
			assertThat(failure).hasMessageContaining("max-response-size");
		});
		runner("http").withPropertyValues("http.max-response-size=4KB")
			.run((context) -> assertThat(Vendors.ask(context.getBean(LlmProvider.class), streaming).text())
				.hasSize(2000));
	}

	@WholeAndStreamed
	void certificateIsTrustedThroughItsBundleAlone(boolean streaming) {
		secure();
		this.server.enqueue(Vendors.says("hello", streaming));
		trusting(runner("https")).run(answers(streaming));
		runner("https").run((context) -> {
			LlmException failure = failure(context.getBean(LlmProvider.class), streaming);
			assertThat(failure.kind()).isEqualTo(ErrorKind.NETWORK);
			assertThat(failure).hasStackTraceContaining("unable to find valid certification path");
		});
	}

	@WholeAndStreamed
	void bundleOfAllClientsHoldsUnlessTheProviderHasItsOwn(boolean streaming) {
		secure();
		HeldCertificate other = new HeldCertificate.Builder().certificateAuthority(0).build();
		String[] bundles = { "spring.ssl.bundle.pem.all.truststore.certificate=" + AUTHORITY.certificatePem(),
				"spring.ssl.bundle.pem.other.truststore.certificate=" + other.certificatePem() };
		this.server.enqueue(Vendors.says("hello", streaming));
		withClients(runner("https")).withPropertyValues(bundles)
			.withPropertyValues("spring.http.clients.ssl.bundle=all")
			.run(answers(streaming));
		withClients(runner("https")).withPropertyValues(bundles)
			.withPropertyValues("spring.http.clients.ssl.bundle=all", "http.ssl-bundle=other")
			.run((context) -> assertThat(failure(context.getBean(LlmProvider.class), streaming).kind())
				.isEqualTo(ErrorKind.NETWORK));
		this.server.enqueue(Vendors.says("hello", streaming));
		withClients(runner("https")).withPropertyValues(bundles)
			.withPropertyValues("spring.http.clients.ssl.bundle=other", "http.ssl-bundle=all")
			.run(answers(streaming));
	}

	private static Runner withClients(Runner runner) {
		return new Runner(runner.runner()
			.withConfiguration(AutoConfigurations.of(HttpClientAutoConfiguration.class,
					ReactiveHttpClientAutoConfiguration.class)));
	}

	/** Not of loopback addresses: those are asked without a proxy. */
	@WholeAndStreamed
	@ResourceLock(Resources.SYSTEM_PROPERTIES)
	void proxyOfTheJvmHoldsWhereNoOtherIsNamed(boolean streaming) throws IOException {
		ConnectProxy ofTheJvm = proxy("");
		System.setProperty("http.proxyHost", "127.0.0.1");
		System.setProperty("http.proxyPort", String.valueOf(ofTheJvm.port()));
		try {
			String url = "http://vendor.example:" + this.server.getPort() + "/v1";
			this.server.enqueue(Vendors.says("hello", streaming));
			runner(url).withPropertyValues("arcllm.providers.mine.allow-insecure=true").run(answers(streaming));
			assertThat(ofTheJvm.tunnels()).containsExactly("vendor.example:" + this.server.getPort());
			ConnectProxy own = proxy("");
			this.server.enqueue(Vendors.says("hello", streaming));
			runner(url)
				.withPropertyValues("arcllm.providers.mine.allow-insecure=true", "http.proxy.host=127.0.0.1",
						"http.proxy.port=" + own.port())
				.run(answers(streaming));
			assertThat(own.tunnels()).hasSize(1);
			assertThat(ofTheJvm.tunnels()).hasSize(1);
		}
		finally {
			System.clearProperty("http.proxyHost");
			System.clearProperty("http.proxyPort");
		}
	}

	/** Behind a proxy, names of the outside often cannot be resolved. */
	@WholeAndStreamed
	void proxyResolvesTheNameOfTheVendor(boolean streaming) throws IOException {
		ConnectProxy own = proxy("");
		this.server.enqueue(Vendors.says("hello", streaming));
		new Runner(runner("http://vendor.example:" + this.server.getPort() + "/v1").runner()
			.withConfiguration(AutoConfigurations.of(ReactiveHttpClientAutoConfiguration.class)))
			.withPropertyValues("arcllm.providers.mine.allow-insecure=true", "http.proxy.host=127.0.0.1",
					"http.proxy.port=" + own.port())
			.run(answers(streaming));
		assertThat(own.tunnels()).containsExactly("vendor.example:" + this.server.getPort());
	}

	/** What is asked without the proxy is resolved here. */
	@WholeAndStreamed
	@ResourceLock(Resources.SYSTEM_PROPERTIES)
	void hostThatTheProxyIsNotForIsAskedItself(boolean streaming) throws IOException {
		ConnectProxy ofTheJvm = proxy("");
		System.setProperty("http.proxyHost", "127.0.0.1");
		System.setProperty("http.proxyPort", String.valueOf(ofTheJvm.port()));
		System.setProperty("http.nonProxyHosts", "localhost|127.0.0.1");
		try {
			this.server.enqueue(Vendors.says("hello", streaming));
			runner("http://localhost:" + this.server.getPort() + "/v1").run(answers(streaming));
			assertThat(ofTheJvm.tunnels()).isEmpty();
		}
		finally {
			System.clearProperty("http.proxyHost");
			System.clearProperty("http.proxyPort");
			System.clearProperty("http.nonProxyHosts");
		}
	}

	@Test
	void unknownBundleStopsTheStart() {
		runner("https")
			.withPropertyValues("http.ssl-bundle=hause", "spring.ssl.bundle.pem.house.truststore.certificate=x")
			.run((context) -> assertThat(context).getFailure()
				.hasStackTraceContaining("'arcllm.providers.mine.http.ssl-bundle' names 'hause'")
				.hasStackTraceContaining("Did you mean 'house'?"));
	}

	@WholeAndStreamed
	void certificateOfAnotherHostIsRefused(boolean streaming) {
		secure("example.com");
		trusting(runner("https")).run((context) -> {
			LlmException failure = failure(context.getBean(LlmProvider.class), streaming);
			assertThat(failure.kind()).isEqualTo(ErrorKind.NETWORK);
			assertThat(failure).hasStackTraceContaining("127.0.0.1");
		});
	}

	@WholeAndStreamed
	void handshakeThatTakesTooLongIsATimeout(boolean streaming) throws IOException {
		try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"))) {
			runner("https://127.0.0.1:" + silent.getLocalPort()).withPropertyValues("http.connect-timeout=200ms")
				.run((context) -> assertConnectTimeout(failure(context.getBean(LlmProvider.class), streaming)));
		}
	}

	@WholeAndStreamed
	void proxyIsAskedWithUserAndPassword(boolean streaming) throws IOException {
		String basic = "Basic " + Base64.getEncoder().encodeToString("ann:s3cret".getBytes());
		ConnectProxy proxy = proxy(basic);
		this.server.enqueue(Vendors.says("hello", streaming));
		behind(proxy, "http").withPropertyValues("http.proxy.username=ann", "http.proxy.password=s3cret")
			.run(answers(streaming));
		assertThat(proxy.tunnels()).containsExactly("127.0.0.1:" + this.server.getPort());
	}

	@WholeAndStreamed
	void proxyThatRefusesIsANetworkErrorWithoutThePassword(boolean streaming) throws IOException {
		ConnectProxy proxy = proxy("Basic other");
		behind(proxy, "http").withPropertyValues("http.proxy.username=ann", "http.proxy.password=s3cret")
			.run((context) -> {
				LlmException failure = failure(context.getBean(LlmProvider.class), streaming);
				assertThat(failure.kind()).isEqualTo(ErrorKind.NETWORK);
				assertThat(failure).hasMessageContaining("407");
				assertThat(failure.toString()).doesNotContain("s3cret");
			});
		assertThat(this.server.getRequestCount()).isZero();
	}

	@Test
	void proxyMayAskForNothingOrForAUserAlone() throws IOException {
		for (String authorization : List.of("", "Basic " + Base64.getEncoder().encodeToString("ann:".getBytes()))) {
			this.server.enqueue(Vendors.says("hello", false));
			String user = authorization.isEmpty() ? "" : "ann";
			behind(proxy(authorization), "http").withPropertyValues("http.proxy.username=" + user).run(answers(false));
		}
	}

	@WholeAndStreamed
	void silentProxyIsAConnectTimeout(boolean streaming) throws IOException {
		behind(proxy(null), "http").withPropertyValues("http.connect-timeout=200ms")
			.run((context) -> assertConnectTimeout(failure(context.getBean(LlmProvider.class), streaming)));
	}

	@WholeAndStreamed
	void proxyCarriesTls(boolean streaming) throws IOException {
		secure();
		this.server.enqueue(Vendors.says("hello", streaming));
		ConnectProxy proxy = proxy("");
		trusting(behind(proxy, "https")).run(answers(streaming));
		assertThat(proxy.tunnels()).hasSize(1);
	}

	@WholeAndStreamed
	void http2IsSpokenWhereItIsSwitchedOn(boolean streaming) throws InterruptedException {
		secure();
		for (String on : List.of("true", "false")) {
			this.server.enqueue(Vendors.says("hello", streaming));
			trusting(runner("https")).withPropertyValues("http.http2=" + on).run(answers(streaming));
			assertThat(this.server.takeRequest().getVersion()).isEqualTo("true".equals(on) ? "HTTP/2" : "HTTP/1.1");
		}
	}

	@WholeAndStreamed
	void interimAnswersOverHttp2AreReadPast(boolean streaming) throws InterruptedException {
		secure();
		for (int code : new int[] { 103, 102, 100 }) {
			this.server.enqueue(Vendors.says("hello", streaming)
				.newBuilder()
				.addInformationalResponse(new MockResponse.Builder().code(code).build())
				.addInformationalResponse(new MockResponse.Builder().code(103).build())
				.build());
			trusting(runner("https")).withPropertyValues("http.http2=true").run(answers(streaming));
			assertThat(this.server.takeRequest().getVersion()).isEqualTo("HTTP/2");
		}
	}

	@WholeAndStreamed
	void http2OverPlainHttpIsHttp1(boolean streaming) throws InterruptedException {
		this.server.enqueue(Vendors.says("hello", streaming));
		runner("http").withPropertyValues("http.http2=true").run(answers(streaming));
		assertThat(this.server.takeRequest().getVersion()).isEqualTo("HTTP/1.1");
	}

	@WholeAndStreamed
	void resetOfAnHttp2StreamIsANetworkError(boolean streaming) {
		secure();
		this.server.enqueue(new MockResponse.Builder().onResponseStart(new SocketEffect.CloseStream(2)).build());
		this.server.enqueue(Vendors.says("x".repeat(100_000), streaming)
			.newBuilder()
			.onResponseBody(new SocketEffect.CloseStream(2))
			.build());
		trusting(runner("https")).withPropertyValues("http.http2=true").run((context) -> {
			for (int i = 0; i < 2; i++) {
				assertThat(failure(context.getBean(LlmProvider.class), streaming).kind()).isEqualTo(ErrorKind.NETWORK);
			}
		});
	}

	@WholeAndStreamed
	void connectionsAreClosedWithTheContext(boolean streaming) throws Exception {
		try (ServerSocket vendor = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
			Socket[] connection = new Socket[1];
			runner("http://127.0.0.1:" + vendor.getLocalPort()).withPropertyValues("http.max-connections=1")
				.run((context) -> {
					LlmProvider provider = context.getBean(LlmProvider.class);
					for (int i = 0; i < 2; i++) {
						CompletableFuture<Void> answered = provider
							.exchange(LlmRequest.of("hi").withStreaming(streaming))
							.then()
							.toFuture();
						connection[0] = (i == 0) ? vendor.accept() : connection[0];
						answerOver(connection[0], Vendors.says("hello", streaming));
						answered.get(20, TimeUnit.SECONDS);
					}
				});
			connection[0].setSoTimeout(10_000);
			assertThat(connection[0].getInputStream().read()).isEqualTo(-1);
			connection[0].close();
		}
	}

	/** Also where no call looks for a connection. */
	@Test
	void connectionThatIsIdleForTooLongIsClosed() throws Exception {
		try (ServerSocket vendor = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
			runner("http://127.0.0.1:" + vendor.getLocalPort()).withPropertyValues("http.max-idle-time=200ms")
				.run((context) -> {
					CompletableFuture<Void> answered = context.getBean(LlmProvider.class)
						.exchange(LlmRequest.of("hi"))
						.then()
						.toFuture();
					Socket connection = vendor.accept();
					answerOver(connection, Vendors.says("hello", false));
					answered.get(20, TimeUnit.SECONDS);
					connection.setSoTimeout(20_000);
					assertThat(connection.getInputStream().read()).isEqualTo(-1);
				});
		}
	}

	/** Reads a request and leaves the connection open after the answer to it. */
	private void answerOver(Socket connection, MockResponse answer) throws IOException {
		this.open.add(connection);
		BufferedSource request = Okio.buffer(Okio.source(connection));
		long length = 0;
		for (String line = request.readUtf8LineStrict(); !line.isEmpty(); line = request.readUtf8LineStrict()) {
			length = line.toLowerCase(Locale.ROOT).startsWith("content-length:")
					? Long.parseLong(line.substring(line.indexOf(':') + 1).trim()) : length;
		}
		request.skip(length);
		BufferedSink sink = Okio.buffer(Okio.sink(connection));
		sink.writeUtf8(answer.getStatus() + "\r\n");
		answer.getHeaders().forEach((header) -> write(sink, header.getFirst() + ": " + header.getSecond() + "\r\n"));
		sink.writeUtf8("\r\n");
		answer.getBody().writeTo(sink);
		sink.flush();
	}

	private static void write(BufferedSink sink, String text) {
		try {
			sink.writeUtf8(text);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static void assertConnectTimeout(LlmException failure) {
		assertThat(failure.kind()).isEqualTo(ErrorKind.TIMEOUT);
		assertThat(failure.stage()).isEqualTo(TimeoutStage.CONNECT);
		assertThat(failure.trail().attempts().get(0).duration()).isLessThan(Duration.ofSeconds(8));
	}

	/**
	 * The kernel answers no more when the queue of a server that accepts nothing is full.
	 */
	private void fill(ServerSocket server) throws IOException {
		for (int i = 0; i < 10; i++) {
			Socket socket = new Socket();
			this.open.add(socket);
			try {
				socket.connect(new InetSocketAddress("127.0.0.1", server.getLocalPort()), 200);
			}
			catch (SocketTimeoutException ex) {
				return;
			}
		}
		throw new AssertionError("The server still accepts");
	}

	private void secure() {
		secure("127.0.0.1");
	}

	private void secure(String host) {
		HeldCertificate certificate = new HeldCertificate.Builder().signedBy(AUTHORITY)
			.addSubjectAlternativeName(host)
			.build();
		this.server
			.useHttps(new HandshakeCertificates.Builder().heldCertificate(certificate).build().sslSocketFactory());
	}

	private ConnectProxy proxy(String authorization) throws IOException {
		ConnectProxy proxy = new ConnectProxy(authorization);
		this.open.add(proxy);
		return proxy;
	}

	private Runner behind(ConnectProxy proxy, String scheme) {
		return runner(scheme).withPropertyValues("http.proxy.host=127.0.0.1", "http.proxy.port=" + proxy.port());
	}

	private Runner trusting(Runner runner) {
		return runner.withPropertyValues("http.ssl-bundle=house",
				"spring.ssl.bundle.pem.house.truststore.certificate=" + AUTHORITY.certificatePem());
	}

	/**
	 * @param url a scheme for the server's own URL
	 */
	private Runner runner(String url) {
		String base = url.contains("://") ? url : url + "://127.0.0.1:" + this.server.getPort() + "/v1";
		return new Runner(new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(ArcllmPropertiesAutoConfiguration.class,
					ArcllmAutoConfiguration.class, WebClientAutoConfiguration.class, SslAutoConfiguration.class))
			.withPropertyValues("arcllm.providers.mine.type=openai", "arcllm.providers.mine.base-url=" + base,
					"arcllm.providers.mine.model=m"));
	}

	private static ContextConsumer<AssertableApplicationContext> answers(boolean streaming) {
		return (context) -> assertThat(Vendors.ask(context.getBean(LlmProvider.class), streaming).text())
			.isEqualTo("hello");
	}

	private static LlmException failure(LlmProvider provider, boolean streaming) {
		return catchThrowableOfType(LlmException.class, () -> Vendors.ask(provider, streaming));
	}

	/** Settings are written from {@code http.} on. */
	private record Runner(ApplicationContextRunner runner) {

		Runner withPropertyValues(String... pairs) {
			String[] whole = pairs.clone();
			for (int i = 0; i < pairs.length; i++) {
				whole[i] = pairs[i].startsWith("http.") ? "arcllm.providers.mine." + pairs[i] : pairs[i];
			}
			return new Runner(this.runner.withPropertyValues(whole));
		}

		void run(ContextConsumer<AssertableApplicationContext> consumer) {
			this.runner.run(consumer);
		}

	}

}
